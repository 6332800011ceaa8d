import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Direction, type Rule } from '@corridor/contracts/alerts/v1/rules';
import { Granularity } from '@corridor/contracts/common/v1/vocabulary';
import { Measure, Severity, type UpdateView } from '@corridor/contracts/hub/v1/updates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUTHOR, month, openAlerts, rule, SERIES, temporaryFolder, world, type TestAlerts } from './alerts.testing.ts';

const FILE = join(process.env['CORRIDOR_DATA_DIR'] ?? '../shared/data', 'movements/route_detections_monthly.csv');
const ROUTE_NAME = 'Eastern Mediterranean Route';
const DAY_SECONDS = 86_400;

/** Detections at sea on the route by month, in months from January 2009: lines split at commas, and nothing of the importer. */
function totals(): readonly number[] {
  const sums = new Map<string, number>();
  for (const line of readFileSync(FILE, 'utf8').split(/\r?\n/).slice(1)) {
    const [at = '', route, mode, , persons] = line.split(',');
    if (route === ROUTE_NAME && mode === 'Sea') sums.set(at, (sums.get(at) ?? 0) + Number(persons));
  }
  const months = [...sums.keys()].toSorted();
  return months.map((at) => sums.get(at) ?? 0);
}

/** The tables of the file, as the early-warning agency sees them. */
const view = (total: number, number: number): UpdateView =>
  month(12 * (2009 - 2026) + number, total, {
    measure: Measure.MEASURE_DETECTIONS,
    of: 'eastern',
    place: { country: '', adminCode: '', route: 'eastern-mediterranean-route', point: undefined },
  });
const at = (number: number): Date => new Date(Date.UTC(2009, number));
const number = (year: number, of: number): number => 12 * (year - 2009) + of - 1;

describe.runIf(existsSync(FILE))('on the real detections of the Eastern Mediterranean Route', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let alerts: TestAlerts;
  let counts: readonly number[];

  beforeAll(async () => {
    counts = totals();
    folder = await temporaryFolder();
    alerts = await openAlerts(folder.path);
    await alerts.know(...world());
    for (let from = 0; from < counts.length; from += 100) await alerts.deliver(counts.slice(from, from + 100).map((total, i) => view(total, from + i)));
    await alerts.settled();
  });
  afterAll(async () => {
    await alerts.close();
    await folder.remove();
  });

  /** What really happened, as everybody remembers it: July 2015 to February 2016. */
  const events = [{ start: at(number(2015, 7)), end: at(number(2016, 3)), granularity: Granularity.GRANULARITY_CUSTOM }];
  async function tried(id: string, change: Partial<Rule>) {
    const observations = { series: [SERIES], measure: Measure.MEASURE_DETECTIONS, areas: ['eastern-mediterranean-route'], granularity: 3, populations: [], modes: [] } as const;
    await alerts.call('createRule', { ruleId: id, rule: rule({ observations, ...change }) }, AUTHOR);
    const request = { name: `rules/${id}`, expectedVersion: 0n, start: undefined, end: undefined, events, toleranceSeconds: 92 * DAY_SECONDS };
    return (await alerts.call('backtestRule', request, AUTHOR)).rule?.backtest ?? expect.fail('no backtest');
  }
  const months = (alarms: readonly number[]) => alarms.map(at);

  it('a threshold of 10,000 a month sees the events of 2015 three months before', async () => {
    const backtest = await tried('threshold', { detector: { $case: 'threshold', value: { value: 10_000n, direction: Direction.DIRECTION_ABOVE, consecutivePeriods: 1 } } });
    const alarms = counts.flatMap((count, i) => (count >= 10_000 ? [i] : []));
    expect(backtest.alarmTimes).toEqual(months(alarms));
    expect(alarms).toContain(number(2015, 4));
    const outside = alarms.filter((i) => i < number(2015, 4) || i >= number(2016, 3));
    expect(backtest).toMatchObject({ hits: 1, misses: 0, podPerMille: 1000, falseAlarms: outside.length, meanLeadSeconds: BigInt(91 * DAY_SECONDS) });
    expect(backtest.farPerMille).toBe(Math.round((1000 * outside.length) / alarms.length));
  });

  it('a rise by 100 % over the mean of a year sees it as well, and what else it cries out for is counted', async () => {
    const detector = { $case: 'rateOfChange', value: { perCent: 100, direction: Direction.DIRECTION_ABOVE, windowPeriods: 12, leastKnownPeriods: 12, leastMean: 1000n } } as const;
    const backtest = await tried('rise', { detector, severities: [{ atLeast: 100, severity: Severity.SEVERITY_SEVERE }] });
    const alarms = counts.flatMap((count, i) => {
      const window = counts.slice(Math.max(0, i - 12), i);
      const mean = window.reduce((sum, one) => sum + one, 0) / window.length;
      return window.length === 12 && mean >= 1000 && count >= 2 * mean ? [i] : [];
    });
    expect(backtest.alarmTimes).toEqual(months(alarms));
    expect(backtest).toMatchObject({ alarms: alarms.length, knownObservations: counts.length, unknownObservations: 0, hits: 1, podPerMille: 1000 });
    expect(alarms).toEqual(expect.arrayContaining([number(2015, 7), number(2015, 8), number(2015, 9), number(2015, 10)]));
  });
});
