import type { Alert } from './api/alerts.ts';
import type { Count, Period } from './api/common.ts';
import type { Movement, TableRow, Update } from './api/updates.ts';
import type { GranularityName, MeasureName, PopulationName } from './api/vocabulary.ts';

/** What a period of a series comes to. Only `known` is a number; every other is a gap, and none is zero. */
export type Value =
  | { readonly state: 'known'; readonly value: number; readonly ofShownRows: boolean }
  /** There is a count and it is not shown; `shown` is the sum of the rows that are. */
  | { readonly state: 'suppressed'; readonly shown: number | undefined }
  | { readonly state: 'unknown' }
  /** More than one report; whether they overlap is not known, so they are not added. */
  | { readonly state: 'several'; readonly reports: number };

export interface Alarm {
  /** Resource name of the alert. */
  readonly alert: string;
  readonly headline: string;
}

/** An alarm with the start of the period that it tells of. */
interface Raised extends Alarm {
  readonly onset: number;
}

export interface Point {
  readonly period: Period;
  readonly value: Value;
  readonly alarms: readonly Alarm[];
}

/** One line of numbers: the same series, place, measure, population and length of period. Nothing else may stand in one chart. */
export interface Chart {
  readonly key: string;
  /** `agencies/{agency}/series/{series}` */
  readonly series: string;
  /** Id of the place. */
  readonly place: string;
  readonly measure: MeasureName;
  readonly population: PopulationName;
  readonly granularity: GranularityName;
  /** In the order of time; periods nobody reported on are not in it. */
  readonly points: readonly Point[];
}

interface Table {
  readonly update: Update;
  readonly movement: Movement;
  readonly period: Period;
}

/** The charts of what an agency may see; each alarm stands at the period that raised it. */
export function chartsOf(updates: readonly Update[], alerts: readonly Alert[]): readonly Chart[] {
  const tables = updates.flatMap((update): readonly Table[] =>
    update.content.kind === 'movement' && update.period !== undefined ? [{ update, movement: update.content.movement, period: update.period }] : [],
  );
  const alarms = alarmsOf(alerts);
  return [...grouped(tables, keyOf)].flatMap(([key, [first, ...others]]): readonly Chart[] => {
    if (first === undefined) return [];
    const { update, movement, period } = first;
    const all = [first, ...others];
    const raised = alarmsAmong(all, alarms);
    const points = [...grouped(all, (table) => String(table.period.start))].flatMap(([start, reports]) => pointOf(reports, raised.get(start) ?? []));
    return [
      {
        key,
        series: update.series,
        place: update.place?.id ?? '',
        measure: movement.measure,
        population: movement.population,
        granularity: period.granularity,
        points: points.toSorted((a, b) => a.period.start - b.period.start),
      },
    ];
  }).toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

const keyOf = ({ update, movement, period }: Table): string =>
  [update.series, update.place?.id ?? '', movement.measure, movement.population, movement.mode, movement.breakdown, period.granularity].join(' ');

function grouped<T>(items: readonly T[], keyed: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyed(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function pointOf(reports: readonly Table[], alarms: readonly Alarm[]): readonly Point[] {
  const [first] = reports;
  if (first === undefined) return [];
  const value: Value = reports.length > 1 ? { state: 'several', reports: reports.length } : valueOf(first.movement, first.update.totalOfShownRows);
  return [{ period: first.period, value, alarms }];
}

/** The value of a table: its total, or where it states none and every row is known their sum. */
export function valueOf({ total, rows }: Pick<Movement, 'total' | 'rows'>, totalOfShownRows: boolean): Value {
  if (total?.state === 'known') return { state: 'known', value: total.value, ofShownRows: totalOfShownRows };
  if (total?.state === 'suppressed') return { state: 'suppressed', shown: sumOfKnown(rows) };
  if (total?.state === 'unknown' || rows.length === 0) return { state: 'unknown' };
  if (rows.some(({ count }) => count.state === 'suppressed')) return { state: 'suppressed', shown: sumOfKnown(rows) };
  if (rows.some(({ count }) => count.state === 'unknown')) return { state: 'unknown' };
  return { state: 'known', value: sumOfKnown(rows) ?? 0, ofShownRows: true };
}

function sumOfKnown(rows: readonly TableRow[]): number | undefined {
  const known = rows.flatMap(({ count }: { readonly count: Count }) => (count.state === 'known' ? [count.value] : []));
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
}

/** Alarms by the report they were computed from. An input names the version that the early-warning agency saw, which is not the reader's. */
function alarmsOf(alerts: readonly Alert[]): ReadonlyMap<string, readonly Raised[]> {
  const raised = alerts.flatMap(({ name, provenance, messages }) =>
    (provenance?.inputs ?? []).map((input) => ({
      update: input.replace(/@\d+$/, ''),
      // Each message of a thread tells of one period: its onset.
      raised: messages.flatMap(({ infos: [info] }) => (info?.onset === undefined ? [] : [{ alert: name, headline: info.headline, onset: info.onset }])),
    })),
  );
  return new Map([...grouped(raised, ({ update }) => update)].map(([update, each]) => [update, each.flatMap(({ raised: all }) => all)]));
}

/** The alarms of a chart by the start of the period that each tells of. */
function alarmsAmong(tables: readonly Table[], alarms: ReadonlyMap<string, readonly Raised[]>): ReadonlyMap<string, readonly Alarm[]> {
  const raised = new Map(tables.flatMap(({ update }) => alarms.get(update.name) ?? []).map((each) => [`${each.alert} ${each.onset}`, each]));
  return grouped([...raised.values()], ({ onset }) => String(onset));
}
