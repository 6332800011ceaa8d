import { AlertState, type Alert } from '@corridor/contracts/alerts/v1/alerts';
import { CapStatus } from '@corridor/contracts/alerts/v1/cap';
import { Direction, ObservationFilter, Rule } from '@corridor/contracts/alerts/v1/rules';
import { Granularity, type Period, Purpose, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import { Measure, Severity, TransportMode } from '@corridor/contracts/hub/v1/updates';
import { systemClock } from '@corridor/kernel';
import type { Company } from '../company.ts';
import { countsHandling } from '../handling.ts';
import { actorOf, APPROVER, EARLY_WARNING, OWNER, SERIES } from './cast.ts';
import { alarmMonths, type Alarming, type MonthlyCounts, rising, surpassing } from './alarms.ts';

const ROUTE = 'eastern-mediterranean-route';
/** What the rules should have seen: from June 2015 until the end of March 2016 more than 20,000 were detected each month. */
const EVENT: Period = {
  start: new Date(Date.UTC(2015, 5)),
  end: new Date(Date.UTC(2016, 3)),
  granularity: Granularity.GRANULARITY_CUSTOM,
};
/** An alarm in the three months before the event is early, not false. */
const TOLERANCE_SECONDS = 92 * 86_400;
const YEAR = '2015';

interface Tried {
  readonly id: string;
  readonly title: string;
  readonly detector: NonNullable<Rule['detector']>;
  /** The same, said by a second way that shares nothing with the service. */
  readonly alarming: Alarming;
}
const RULES: readonly Tried[] = [
  {
    id: 'eastern-threshold',
    title: '20,000 detections in a month',
    detector: { $case: 'threshold', value: { value: 20_000n, direction: Direction.DIRECTION_ABOVE, consecutivePeriods: 1 } },
    alarming: surpassing(20_000),
  },
  {
    id: 'eastern-rise',
    title: 'twice the mean of the three months before',
    detector: {
      $case: 'rateOfChange',
      value: { perCent: 100, direction: Direction.DIRECTION_ABOVE, windowPeriods: 3, leastKnownPeriods: 3, leastMean: 1000n },
    },
    alarming: rising(100, 3, 1000),
  },
];

/** Opens the topic by which the early-warning agency receives. */
export async function openWarning(company: Company): Promise<void> {
  const parent = `agencies/${EARLY_WARNING}`;
  await company.as(actorOf(EARLY_WARNING)).hub.openPartnerTopic({ parent, purpose: Purpose.PURPOSE_EARLY_WARNING, filter: undefined });
}

/**
 * Tries two rules on the counts that arrived, has a second actor activate them, and checks the alerts they raise against
 * the file. @returns lines of text, and one for each fault
 */
export async function warn(company: Company, counts: MonthlyCounts, late: AbortSignal): Promise<{ readonly lines: readonly string[]; readonly faults: readonly string[] }> {
  const lines: string[] = [];
  const faults: string[] = [];
  for (const tried of RULES) {
    const expected = alarmMonths(counts, tried.alarming);
    const rule = await activate(company, tried, counts.size, late);
    const alerts = await raisedBy(company, tried.id, expected.length, late);
    const months = alerts.flatMap(monthsOf).toSorted();
    if (months.join() !== expected.join()) faults.push(`${tried.id}: alarms in ${months.join(' ')}; the file says ${expected.join(' ')}`);
    lines.push(skillOf(rule, tried), `    ${months.length} alarms in ${alerts.length} ${alerts.length === 1 ? 'alert' : 'alerts'}, ${months.join() === expected.join() ? 'as' : 'NOT as'} the file says; those of ${YEAR}: ${months.filter((month) => month.startsWith(YEAR)).join(' ')}`);
    const [first] = alerts.filter(({ provenance }) => provenance?.period?.start?.toISOString().startsWith(YEAR) === true);
    if (first !== undefined) lines.push(`    ${first.provenance?.explanation ?? ''}`);
  }
  return { lines, faults };
}

async function activate(company: Company, { id, title, detector }: Tried, months: number, late: AbortSignal): Promise<Rule | undefined> {
  const { alerts } = company.as(actorOf(EARLY_WARNING));
  const name = `rules/${id}`;
  await alerts.createRule({ ruleId: id, rule: { ...RULE, title, detector } });
  const request = { name, expectedVersion: 0n, start: undefined, end: undefined, events: [EVENT], toleranceSeconds: TOLERANCE_SECONDS };
  for (;;) {
    const { rule } = await alerts.backtestRule(request);
    if ((rule?.backtest?.knownObservations ?? 0) + (rule?.backtest?.unknownObservations ?? 0) >= months) break;
    await systemClock.wait(50, late);
  }
  return (await company.as(APPROVER).alerts.activateRule({ name, expectedVersion: 0n, evaluateHistory: true })).rule;
}

/** The alerts of a rule, oldest period first, once they hold so many alarms. */
async function raisedBy(company: Company, id: string, alarms: number, late: AbortSignal): Promise<readonly Alert[]> {
  const { alerts } = company.as(actorOf('statistics-office'));
  for (;;) {
    const found: Alert[] = [];
    let pageToken = '';
    do {
      const page = await alerts.listAlerts({ filter: { topics: [`*/${ROUTE}/*`], statuses: [] }, states: [AlertState.ALERT_STATE_OPEN], unacknowledged: false, pageSize: 100, pageToken });
      found.push(...page.alerts.filter(({ provenance }) => provenance?.rule === `rules/${id}`));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    if (found.flatMap(monthsOf).length >= alarms || late.aborted) return found.toSorted((a, b) => (monthsOf(a)[0] ?? '').localeCompare(monthsOf(b)[0] ?? ''));
    await systemClock.wait(50, late).catch(() => undefined);
  }
}

/** The months of the alarms of an alert, `YYYY-MM`: each of its messages tells of one. */
const monthsOf = ({ messages }: Alert): readonly string[] =>
  messages.flatMap(({ infos: [info] }) => (info?.onset === undefined ? [] : [info.onset.toISOString().slice(0, 7)]));

function skillOf(rule: Rule | undefined, { id, title }: Tried): string {
  const { hits = 0, events = 0, falseAlarms = 0, knownObservations = 0, unknownObservations = 0, podPerMille, farPerMille, csiPerMille } = rule?.backtest ?? {};
  const share = (perMille: number | undefined): string => (perMille === undefined ? '-' : (perMille / 1000).toFixed(2));
  return `  ${id} (${title}): ${knownObservations} months known, ${unknownObservations} not; ${hits} of ${events} events, ${falseAlarms} false alarms: POD ${share(podPerMille)}, FAR ${share(farPerMille)}, CSI ${share(csiPerMille)}`;
}

const RULE: Rule = {
  ...Rule.fromPartial({}),
  observations: {
    ...ObservationFilter.fromPartial({}),
    series: [`agencies/${OWNER}/series/${SERIES}`],
    measure: Measure.MEASURE_DETECTIONS,
    areas: [ROUTE],
    granularity: Granularity.GRANULARITY_MONTH,
    modes: [TransportMode.TRANSPORT_MODE_SEA],
  },
  severities: [
    { atLeast: 100, severity: Severity.SEVERITY_SEVERE },
    { atLeast: 300, severity: Severity.SEVERITY_EXTREME },
  ],
  hazard: 'displacement',
  event: 'Surge of detections',
  instruction: 'Check capacity of reception at the places of arrival.',
  expiresAfterSeconds: 30 * 86_400,
  handling: countsHandling(Tlp.TLP_AMBER_STRICT, [Purpose.PURPOSE_EARLY_WARNING]),
  status: CapStatus.CAP_STATUS_ACTUAL,
};
