import { AlertState, DutyState, type Alert, type Duty } from '@corridor/contracts/alerts/v1/alerts';
import { CapStatus } from '@corridor/contracts/alerts/v1/cap';
import { Direction, RuleState, type Rule } from '@corridor/contracts/alerts/v1/rules';
import { Granularity, type Period, Purpose, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import type { UpdateFilter } from '@corridor/contracts/hub/v1/hub';
import { Severity } from '@corridor/contracts/hub/v1/updates';
import { type Clock, CorridorError } from '@corridor/kernel';
import { AlertListener } from './alert-audience.ts';
import { actorName } from './cast.ts';
import type { Company } from './company.ts';
import { FROM, UNTIL } from './enter.ts';
import { countsHandling } from './handling.ts';
import { startOf } from './months.ts';
import { ARRIVALS } from './movements.ts';
import { unlessThere } from './steps.ts';

/** The agency that the early-warning service acts for. */
const EARLY_WARNING = 'early-warning';
/** The theme of the focal points that its alerts are addressed to. */
const WARNING_THEME = 'early-warning';
const ROUTE = 'central-mediterranean-route';
const RULE = 'surge-central-mediterranean';
const NAME = `rules/${RULE}`;

const administrator = (agency: string): string => actorName(agency, 'admin-1');
const ANALYST = actorName(EARLY_WARNING, 'analyst-1');
const APPROVER = actorName(EARLY_WARNING, 'approver-1');
/** Who is called by an alert: the first acknowledges, the second lets it pass. */
const CALLED = ['migration-agency', 'harbour-relief'] as const;
const dutyOfficer = (agency: string): string => actorName(agency, 'duty-1');
const focalPoint = (agency: string): string => `agencies/${agency}/focalPoints/early-warning`;

/** Monthly arrivals from which on the agencies want to be called. */
const THRESHOLD = 5000n;
/** What the analysts had wanted to be warned of. */
const SURGES: readonly Period[] = [2023, 2024].map((year) => ({
  start: new Date(startOf({ year, month: 6 })),
  end: new Date(startOf({ year, month: 10 })),
  granularity: Granularity.GRANULARITY_CUSTOM,
}));

/** What came of it. */
export interface Warned {
  /** The rule, with its skill. */
  readonly rule: Rule;
  /** The first alert it raised, as the early-warning agency sees it. */
  readonly alert: Alert;
  /** How many alerts each subscribed agency received, by agency. */
  readonly delivered: ReadonlyMap<string, number>;
  readonly acknowledged: Duty;
  readonly overdue: Duty;
}

/**
 * Before anything is published: its partner topic is open, the focal points are named, the rule is written.
 * @param filter what it reads; with none everything it may see
 */
export async function prepareWarning(company: Company, filter?: UpdateFilter): Promise<void> {
  await company.as(administrator(EARLY_WARNING)).hub.openPartnerTopic({
    parent: `agencies/${EARLY_WARNING}`,
    purpose: Purpose.PURPOSE_EARLY_WARNING,
    filter,
  });
  for (const agency of CALLED) await nameFocalPoint(company, agency);
  await unlessThere(() => company.as(ANALYST).alerts.createRule({ ruleId: RULE, rule: SURGE }), 'ALREADY_EXISTS');
}

async function nameFocalPoint(company: Company, agency: string): Promise<void> {
  const { registry } = company.as(administrator(agency));
  const { focalPoints } = await registry.listFocalPoints({ agency: `agencies/${agency}`, pageSize: 0, pageToken: '' });
  if (focalPoints.some(({ name }) => name === focalPoint(agency))) return;
  await registry.setFocalPoint({
    focalPoint: {
      name: focalPoint(agency),
      version: 0n,
      theme: WARNING_THEME,
      area: ROUTE,
      holder: dutyOfficer(agency),
      deputies: [actorName(agency, 'desk-1')],
      validFrom: FROM,
      validUntil: UNTIL,
      absentUntil: undefined,
    },
  });
}

/** Tries the rule on what has been published so far, and has a second actor activate it. */
export async function activateRule(company: Company, months: number, clock: Clock, late: AbortSignal): Promise<void> {
  const { alerts } = company.as(ANALYST);
  for (;;) {
    const { rule } = await alerts.getRule({ name: NAME });
    if (rule?.state === RuleState.RULE_STATE_ACTIVE) return;
    const tried = await alerts.backtestRule({ name: NAME, expectedVersion: 0n, start: undefined, end: undefined, events: SURGES, toleranceSeconds: 0 });
    const backtest = tried.rule?.backtest;
    if ((backtest?.knownObservations ?? 0) + (backtest?.unknownObservations ?? 0) >= months) break;
    await clock.wait(50, late);
  }
  await company.as(APPROVER).alerts.activateRule({ name: NAME, expectedVersion: 0n, evaluateHistory: false });
}

/** Who subscribes to the alerts of the route. */
export const listenToAlerts = (company: Company): readonly AlertListener[] =>
  CALLED.map((agency) => new AlertListener(company.as(dutyOfficer(agency)), agency, [`*/${ROUTE}/*`]));

/** One agency acknowledges the first alert; the other does not, and the duty passes its deadlines. */
export async function answer(company: Company, listeners: readonly AlertListener[], clock: Clock, late: AbortSignal): Promise<Warned> {
  const [willing, silent] = CALLED;
  const [first] = await Promise.all(listeners.map((listener) => listener.first(late)));
  const name = first?.name ?? '';
  await company.as(dutyOfficer(willing)).alerts.acknowledgeAlert({ name, focalPoint: focalPoint(willing), note: 'The teams at the landing places are told.' });
  const { alerts } = company.as(ANALYST);
  for (;;) {
    const [{ alert }, { rule }] = await Promise.all([alerts.getAlert({ name }), alerts.getRule({ name: NAME })]);
    const dutyOf = (agency: string): Duty | undefined => alert?.duties.find((duty) => duty.focalPoint === focalPoint(agency));
    const [acknowledged, overdue] = [dutyOf(willing), dutyOf(silent)];
    if (rule === undefined || alert === undefined || acknowledged === undefined || overdue === undefined) {
      throw new CorridorError('NOT_FOUND', 'the alert called nobody');
    }
    if (overdue.state === DutyState.DUTY_STATE_OVERDUE) {
      const delivered = new Map(listeners.map((listener) => [listener.agency, listener.alerts]));
      return { rule, alert, delivered, acknowledged, overdue };
    }
    if (alert.state !== AlertState.ALERT_STATE_OPEN) throw new CorridorError('STATE_FORBIDS', 'the alert ended before its duties');
    await clock.wait(50, late);
  }
}

const SURGE: Rule = {
  name: NAME,
  version: 0n,
  title: 'Many arrivals on the Central Mediterranean route',
  state: RuleState.RULE_STATE_UNSPECIFIED,
  observations: {
    series: [ARRIVALS.name],
    measure: ARRIVALS.measure,
    areas: [ROUTE],
    granularity: Granularity.GRANULARITY_MONTH,
    populations: [],
    modes: [],
  },
  detector: { $case: 'threshold', value: { value: THRESHOLD, direction: Direction.DIRECTION_ABOVE, consecutivePeriods: 1 } },
  severities: [
    { atLeast: 100, severity: Severity.SEVERITY_MODERATE },
    { atLeast: 120, severity: Severity.SEVERITY_SEVERE },
  ],
  hazard: 'displacement',
  event: 'Surge of arrivals by sea',
  instruction: 'Tell the teams at the landing places; check places of reception.',
  expiresAfterSeconds: 30 * 86_400,
  handling: countsHandling(Tlp.TLP_AMBER_STRICT, [Purpose.PURPOSE_EARLY_WARNING]),
  acknowledgement: { theme: WARNING_THEME, deadlineSeconds: 1, escalationSeconds: 1 },
  status: CapStatus.CAP_STATUS_ACTUAL,
  author: '',
  approver: '',
  backtest: undefined,
  reason: '',
};
