import { Category, CountState, OnwardSharing, type Place, Place as PlaceMessage, Purpose, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import type { PublishRequest } from '@corridor/contracts/hub/v1/hub';
import { Breakdown, Measure, Population, Quality, TransportMode, type TableRow, type Update } from '@corridor/contracts/hub/v1/updates';
import { Draw } from './draw.ts';
import { countsHandling } from './handling.ts';
import { monthsOf, periodOf, startOf, textOf, YEARS, type Month } from './months.ts';
import { reportId } from './report-id.ts';

/** What is counted at one place of a series, and how many persons in a usual month, by nationality. */
interface Flow {
  readonly id: string;
  readonly place: Place;
  readonly usual: Readonly<Record<string, number>>;
}

/** A monthly series of movement tables. */
export interface MovementSeries {
  /** `agencies/{agency}/series/{series}`. */
  readonly name: string;
  readonly measure: Measure;
  readonly population: Population;
  readonly mode: TransportMode;
  readonly tlp: Tlp;
  readonly purposes: readonly Purpose[];
  readonly onwardSharing: OnwardSharing;
  readonly seed: number;
  readonly flows: readonly Flow[];
}

const route = (id: string): Place => PlaceMessage.fromPartial({ route: id });
const country = (id: string): Place => PlaceMessage.fromPartial({ country: id });

/** Arrivals by sea: three routes, many nationalities, many small counts. */
export const ARRIVALS: MovementSeries = {
  name: 'agencies/refugee-agency/series/arrivals-by-route',
  measure: Measure.MEASURE_ARRIVALS,
  population: Population.POPULATION_MIXED,
  mode: TransportMode.TRANSPORT_MODE_SEA,
  tlp: Tlp.TLP_AMBER_STRICT,
  purposes: [
    Purpose.PURPOSE_PLANNING,
    Purpose.PURPOSE_STATISTICS,
    Purpose.PURPOSE_ASSISTANCE,
    Purpose.PURPOSE_PROTECTION,
    Purpose.PURPOSE_EARLY_WARNING,
  ],
  onwardSharing: OnwardSharing.ONWARD_SHARING_PROHIBITED,
  seed: 20231,
  flows: [
    {
      id: 'central',
      place: route('central-mediterranean-route'),
      usual: { TUN: 900, BGD: 700, SYR: 520, EGY: 480, CIV: 410, GIN: 380, PAK: 260, SDN: 150, ERI: 90, MAR: 40, NGA: 18, IRN: 6, LBY: 4, UNK: 55 },
    },
    {
      id: 'eastern',
      place: route('eastern-mediterranean-route'),
      usual: { SYR: 780, AFG: 640, PSE: 310, SOM: 130, IRQ: 75, ERI: 60, COD: 22, IRN: 16, YEM: 11, PAK: 8, SDN: 5, UNK: 30 },
    },
    {
      id: 'atlantic',
      place: route('western-african-route'),
      usual: { MLI: 460, SEN: 420, MAR: 380, GMB: 120, GIN: 85, CIV: 45, MRT: 17, GNB: 7, SYR: 3, UNK: 24 },
    },
  ],
};

/** Registrations in two countries of transit. */
export const REGISTRATIONS: MovementSeries = {
  name: 'agencies/migration-agency/series/registrations',
  measure: Measure.MEASURE_REGISTRATIONS,
  population: Population.POPULATION_MIGRANT,
  mode: TransportMode.TRANSPORT_MODE_ANY,
  tlp: Tlp.TLP_AMBER,
  purposes: [Purpose.PURPOSE_PLANNING, Purpose.PURPOSE_STATISTICS],
  onwardSharing: OnwardSharing.ONWARD_SHARING_WITH_APPROVAL,
  seed: 71,
  flows: [
    { id: 'lby', place: country('LBY'), usual: { NER: 620, EGY: 540, SDN: 510, TCD: 240, NGA: 160, BGD: 95, SYR: 40, GHA: 12, SOM: 6 } },
    { id: 'tun', place: country('TUN'), usual: { CIV: 210, GIN: 130, CMR: 85, MLI: 40, SDN: 35, SYR: 14, COD: 8, GAB: 4 } },
  ],
};

/** Per cent of a usual month, January first: at sea few travel in winter. */
const SEASON = [45, 50, 70, 90, 115, 135, 160, 170, 150, 110, 65, 40] as const;
/** Months of one message. */
const MONTHS_TOGETHER = 3;

/** A report by its flow and month; the same for all its versions. */
export const movementId = ({ name }: MovementSeries, flow: string, month: Month): string =>
  reportId(startOf(month), `${name} ${flow} ${textOf(month)}`);

/** The last report of a series. */
export function lastReport(series: MovementSeries): string {
  const flow = series.flows.at(-1)?.id ?? '';
  return `${series.name}/updates/${movementId(series, flow, { year: Math.max(...YEARS), month: 12 })}`;
}

/** The messages that publish one year of a series. */
export function yearOf(series: MovementSeries, year: number): readonly PublishRequest[] {
  const draw = new Draw(series.seed * year);
  const months = monthsOf(year).map((month) => series.flows.map((flow) => table(series, flow, month, draw)));
  return Array.from({ length: months.length / MONTHS_TOGETHER }, (_, i) =>
    request(series, months.slice(i * MONTHS_TOGETHER, (i + 1) * MONTHS_TOGETHER).flat()),
  );
}

/** A message of a series. */
export const request = (series: MovementSeries, updates: readonly Update[]): PublishRequest => ({
  series: series.name,
  category: Category.CATEGORY_MOVEMENT,
  handling: countsHandling(series.tlp, series.purposes, { onwardSharing: series.onwardSharing }),
  updates: [...updates],
  seenRevision: undefined,
  maskThreshold: 0,
});

function table(series: MovementSeries, flow: Flow, month: Month, draw: Draw): Update {
  const persons = Object.entries(flow.usual).map(([nationality, usual]): readonly [string, number] => {
    const season = SEASON[month.month - 1] ?? 100;
    return [nationality, Math.round((usual * season * draw.between(70, 130)) / 10_000)];
  });
  return movement(series, flow, month, 0, new Map(persons.filter(([, count]) => count > 0)));
}

/** One version of a table. */
export function movement(series: MovementSeries, flow: Pick<Flow, 'id' | 'place'>, month: Month, replacesVersion: number, persons: ReadonlyMap<string, number>): Update {
  const rows = [...persons].map(([key, count]): TableRow => ({ key, count: known(count) }));
  const total = [...persons.values()].reduce((sum, count) => sum + count, 0);
  const { measure, population, mode } = series;
  return {
    updateId: movementId(series, flow.id, month),
    replacesVersion,
    place: flow.place,
    period: periodOf(month),
    content: {
      $case: 'movement',
      value: { measure, population, quality: Quality.QUALITY_OBSERVED, mode, breakdown: Breakdown.BREAKDOWN_NATIONALITY, rows, total: known(total) },
    },
  };
}

/** A count that is known. */
export const known = (value: number) => ({ state: CountState.COUNT_STATE_KNOWN, value: BigInt(value) });
