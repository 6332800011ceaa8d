import { describe, expect, it } from 'vitest';
import { alert, type Alert } from './api/alerts.ts';
import { readAs } from './api/json.ts';
import { type Update, updatesIn } from './api/updates.ts';
import { chartsOf } from './series.ts';

const month = (number: number) => ({ start: new Date(Date.UTC(2024, number, 1)).toISOString(), end: new Date(Date.UTC(2024, number + 1, 1)).toISOString(), granularity: 'GRANULARITY_MONTH' });
const known = (value: number) => ({ state: 'COUNT_STATE_KNOWN', value: String(value) });
const suppressed = { state: 'COUNT_STATE_SUPPRESSED', value: '0' };
const unknown = { state: 'COUNT_STATE_UNKNOWN', value: '0' };

interface TableOf {
  readonly id: string;
  readonly number?: number;
  readonly place?: string;
  readonly measure?: string;
  readonly rows?: readonly object[];
  readonly total?: object;
  readonly basis?: string;
}

/** An update as the JSON API tells it, read as the console reads it. */
function table({ id, number = 0, place = 'central-mediterranean-route', measure = 'MEASURE_ARRIVALS', rows = [], total, basis = 'TOTAL_BASIS_ALL' }: TableOf): readonly Update[] {
  return readAs(updatesIn, {
    publishTime: '2024-08-01T00:00:00Z',
    batch: {
      series: 'agencies/a/series/s',
      category: 'CATEGORY_MOVEMENT',
      handling: { tlp: 'TLP_AMBER', purposes: ['PURPOSE_PLANNING'], retentionDays: 30, onwardSharing: 'ONWARD_SHARING_PROHIBITED' },
      form: 'VIEW_FORM_MASKED',
      updates: [
        {
          name: `agencies/a/series/s/updates/${id}`,
          version: 1,
          place: { route: place },
          period: month(number),
          movement: { measure, population: 'POPULATION_MIXED', quality: 'QUALITY_OBSERVED', mode: 'TRANSPORT_MODE_SEA', breakdown: 'BREAKDOWN_NATIONALITY', rows, ...(total === undefined ? {} : { total }) },
          totalBasis: basis,
        },
      ],
    },
  });
}

const alarmOn = (id: string, ...numbers: readonly number[]): Alert =>
  readAs(alert, {
    name: 'alerts/1',
    state: 'ALERT_STATE_OPEN',
    messages: numbers.map((number) => ({ status: 'CAP_STATUS_ACTUAL', messageType: 'CAP_MESSAGE_TYPE_UPDATE', sent: '2024-09-01T00:00:00Z', infos: [infoOf(number)] })),
    provenance: { inputs: [`agencies/a/series/s/updates/${id}@7`, 'agencies/a/series/elsewhere/updates/x@1'], explanation: 'why' },
  });

const infoOf = (number: number) => ({
  category: 'CAP_CATEGORY_OTHER',
  urgency: 'CAP_URGENCY_EXPECTED',
  severity: 'SEVERITY_SEVERE',
  certainty: 'CAP_CERTAINTY_OBSERVED',
  onset: month(number).start,
  headline: `alarm of ${number}`,
});

const values = (updates: readonly Update[]) => chartsOf(updates, []).flatMap(({ points }) => points.map(({ value }) => value));

describe('a chart', () => {
  it('has zero as a number, and a gap where a total is suppressed or unknown', () => {
    const updates = [table({ id: 'a', number: 0, total: known(0) }), table({ id: 'b', number: 1, total: suppressed, rows: [{ key: 'SYR', count: known(40) }] }), table({ id: 'c', number: 2, total: unknown })].flat();
    expect(values(updates)).toEqual([
      { state: 'known', value: 0, ofShownRows: false },
      { state: 'suppressed', shown: 40 },
      { state: 'unknown' },
    ]);
  });

  it.each([
    ['adds rows that are all known', [known(3), known(4)], { state: 'known', value: 7, ofShownRows: true }],
    ['adds nothing where a row is suppressed', [known(3), suppressed], { state: 'suppressed', shown: 3 }],
    ['adds nothing where a row is unknown', [known(3), unknown], { state: 'unknown' }],
    ['says nothing of no rows', [], { state: 'unknown' }],
  ])('%s when no total is stated', (_, counts, expected) => {
    expect(values(table({ id: 'a', rows: counts.map((count, index) => ({ key: `K${index}`, count })) }))).toEqual([expected]);
  });

  it('says when a total is that of the rows shown alone', () => {
    expect(values(table({ id: 'a', total: known(5), basis: 'TOTAL_BASIS_SHOWN_ROWS' }))).toEqual([{ state: 'known', value: 5, ofShownRows: true }]);
  });

  it('holds one measure at one place, and does not add reports that may overlap', () => {
    const charts = chartsOf([table({ id: 'a', total: known(1) }), table({ id: 'b', total: known(2) }), table({ id: 'c', total: known(3), measure: 'MEASURE_STOCK' }), table({ id: 'd', total: known(4), place: 'black-sea-route' })].flat(), []);
    expect(charts.map(({ place, measure, points }) => [place, measure, ...points.map(({ value }) => value.state)])).toEqual([
      ['black-sea-route', 'MEASURE_ARRIVALS', 'known'],
      ['central-mediterranean-route', 'MEASURE_ARRIVALS', 'several'],
      ['central-mediterranean-route', 'MEASURE_STOCK', 'known'],
    ]);
  });

  it('marks the alarms of a thread at the periods they tell of, whatever version of the report was seen, and in no other chart', () => {
    const updates = [table({ id: 'first', number: 5, total: known(8) }), table({ id: 'now', number: 6, total: known(9) }), table({ id: 'other', number: 6, total: known(9), place: 'black-sea-route' })].flat();
    const marks = chartsOf(updates, [alarmOn('now', 5, 6)]).map(({ place, points }) => [place, ...points.map(({ alarms }) => alarms.map(({ headline }) => headline))]);
    expect(marks).toEqual([
      ['black-sea-route', []],
      ['central-mediterranean-route', ['alarm of 5'], ['alarm of 6']],
    ]);
  });
});
