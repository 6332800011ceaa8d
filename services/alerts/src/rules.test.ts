import { CapStatus } from '@corridor/contracts/alerts/v1/cap';
import { Direction, RuleState, type Rule } from '@corridor/contracts/alerts/v1/rules';
import { Granularity, Purpose, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import { Measure, Severity } from '@corridor/contracts/hub/v1/updates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activate, APPROVER, AUTHOR, handling, listed, month, openAlerts, rule, SERIES, temporaryFolder, world, type TestAlerts } from './alerts.testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let alerts: TestAlerts;
let ids = 0;

beforeAll(async () => {
  folder = await temporaryFolder();
  alerts = await openAlerts(folder.path);
  await alerts.know(...world());
});
afterAll(async () => {
  await alerts.close();
  await folder.remove();
});

const nextId = (): string => `rule-${(ids += 1)}`;
const create = async (change: Partial<Rule> = {}, id = nextId()): Promise<Rule> =>
  (await alerts.call('createRule', { ruleId: id, rule: rule(change) }, AUTHOR)).rule ?? expect.fail('no rule');
const backtest = (name: string, change = {}) =>
  alerts.call('backtestRule', { name, expectedVersion: 0n, start: undefined, end: undefined, events: [], toleranceSeconds: 0, ...change }, AUTHOR);
const named = (name: string) => ({ name, expectedVersion: 0n });
const reason = 'because';
const refusal = (reasonCode: string, field?: string): unknown => expect.objectContaining({ reason: reasonCode, ...(field === undefined ? {} : { metadata: { field } }) });

describe('the life of a rule', () => {
  it('goes from draft to backtested to active to paused and back, to its end, a version each', async () => {
    const { name } = await create();
    const states = [
      (await backtest(name)).rule,
      (await alerts.call('activateRule', { ...named(name), evaluateHistory: false }, APPROVER)).rule,
      (await alerts.call('pauseRule', { ...named(name), reason }, AUTHOR)).rule,
      (await alerts.call('resumeRule', { ...named(name), reason }, APPROVER)).rule,
      (await alerts.call('retireRule', { ...named(name), reason }, AUTHOR)).rule,
    ];
    expect(states.map((state) => state?.state)).toEqual([2, 3, 4, 3, 5]);
    expect(states.map((state) => state?.version)).toEqual([2n, 3n, 4n, 5n, 6n]);
    expect(states[1]).toMatchObject({ author: AUTHOR.name, approver: APPROVER.name });
    expect((await alerts.call('getRule', { name }, AUTHOR)).rule).toEqual(states[4]);
  });

  it('cannot be shortened, nor approved by its author', async () => {
    const { name } = await create();
    const activation = { ...named(name), evaluateHistory: false };
    await expect(alerts.call('activateRule', activation, APPROVER)).rejects.toEqual(refusal('STATE_FORBIDS'));
    await expect(alerts.call('pauseRule', { ...named(name), reason }, AUTHOR)).rejects.toEqual(refusal('STATE_FORBIDS'));
    await backtest(name);
    await expect(alerts.call('activateRule', activation, AUTHOR)).rejects.toEqual(refusal('FOUR_EYES'));
    await expect(alerts.call('resumeRule', { ...named(name), reason }, APPROVER)).rejects.toEqual(refusal('STATE_FORBIDS'));
    await expect(alerts.call('activateRule', { ...activation, expectedVersion: 1n }, APPROVER)).rejects.toEqual(refusal('VERSION_CONFLICT'));
    await alerts.call('retireRule', { ...named(name), reason }, AUTHOR);
    await expect(backtest(name)).rejects.toEqual(refusal('STATE_FORBIDS'));
  });

  it('begins again with every change of what it says, whose author then is another', async () => {
    const { name } = await activate(alerts, nextId());
    const { rule: changed } = await alerts.call('updateRule', { rule: { ...rule({ title: 'Changed' }), name }, expectedVersion: 0n }, APPROVER);
    expect(changed).toMatchObject({ state: RuleState.RULE_STATE_DRAFT, version: 4n, title: 'Changed', author: APPROVER.name, approver: '', backtest: undefined });
    await backtest(name);
    await expect(alerts.call('activateRule', { ...named(name), evaluateHistory: false }, APPROVER)).rejects.toEqual(refusal('FOUR_EYES'));
  });

  it('needs a reason for a pause, and an id that is free', async () => {
    const { name } = await activate(alerts, nextId());
    await expect(alerts.call('pauseRule', { ...named(name), reason: '' }, AUTHOR)).rejects.toEqual(refusal('INVALID_ARGUMENT', 'reason'));
    await expect(create({}, name.slice('rules/'.length))).rejects.toEqual(refusal('ALREADY_EXISTS', 'rule_id'));
    await expect(create({}, 'drafted')).rejects.toEqual(refusal('INVALID_ARGUMENT', 'rule_id'));
    await expect(alerts.call('getRule', { name: 'rules/none' }, AUTHOR)).rejects.toEqual(refusal('NOT_FOUND', 'name'));
  });

  it('is listed by name, page by page', async () => {
    const all: string[] = [];
    let pageToken = '';
    do {
      const page = await alerts.call('listRules', { pageSize: 2, pageToken }, AUTHOR);
      all.push(...page.rules.map(({ name }) => name));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(all).toEqual([...new Set(all)].toSorted());
    expect(all.length).toBeGreaterThan(2);
  });
});

describe('a rule is refused', () => {
  const observations = { series: [SERIES], measure: Measure.MEASURE_ARRIVALS, areas: [], granularity: Granularity.GRANULARITY_MONTH, populations: [], modes: [] };
  const threshold = { value: 800n, direction: Direction.DIRECTION_ABOVE, consecutivePeriods: 1 };
  const rate = { perCent: 50, direction: Direction.DIRECTION_ABOVE, windowPeriods: 6, leastKnownPeriods: 3, leastMean: 0n };
  const severe = Severity.SEVERITY_SEVERE;
  const minor = Severity.SEVERITY_MINOR;

  it.each<[string, Partial<Rule>, string, string]>([
    ['without a title', { title: '' }, 'INVALID_ARGUMENT', 'rule.title'],
    ['without a detector', { detector: undefined }, 'INVALID_ARGUMENT', 'rule.detector'],
    ['with a threshold of zero', { detector: { $case: 'threshold', value: { ...threshold, value: 0n } } }, 'INVALID_ARGUMENT', 'rule.threshold.value'],
    ['with a threshold beyond 2^53', { detector: { $case: 'threshold', value: { ...threshold, value: 2n ** 53n } } }, 'INVALID_ARGUMENT', 'rule.threshold.value'],
    ['without a direction', { detector: { $case: 'threshold', value: { ...threshold, direction: 0 } } }, 'UNKNOWN_ENUM_VALUE', 'rule.threshold.direction'],
    ['with an empty window', { detector: { $case: 'rateOfChange', value: { ...rate, windowPeriods: 0 } } }, 'INVALID_ARGUMENT', 'rule.rate_of_change.window_periods'],
    ['with an endless window', { detector: { $case: 'rateOfChange', value: { ...rate, windowPeriods: 121 } } }, 'INVALID_ARGUMENT', 'rule.rate_of_change.window_periods'],
    ['with more known periods than its window', { detector: { $case: 'rateOfChange', value: { ...rate, leastKnownPeriods: 7 } } }, 'INVALID_ARGUMENT', 'rule.rate_of_change.least_known_periods'],
    ['without severities', { severities: [] }, 'INVALID_ARGUMENT', 'rule.severities'],
    ['with alarms of no severity', { severities: [{ atLeast: 101, severity: severe }] }, 'INVALID_ARGUMENT', 'rule.severities[0].at_least'],
    ['with steps that do not rise', { severities: [{ atLeast: 100, severity: minor }, { atLeast: 100, severity: severe }] }, 'INVALID_ARGUMENT', 'rule.severities[1].at_least'],
    ['with steps that become less severe', { severities: [{ atLeast: 100, severity: severe }, { atLeast: 200, severity: minor }] }, 'INVALID_ARGUMENT', 'rule.severities[1].severity'],
    ['with an unknown severity', { severities: [{ atLeast: 100, severity: Severity.SEVERITY_UNKNOWN }] }, 'INVALID_ARGUMENT', 'rule.severities[0].severity'],
    ['over no series', { observations: { ...observations, series: [] } }, 'INVALID_ARGUMENT', 'rule.observations.series'],
    ['over what is no series', { observations: { ...observations, series: ['arrivals'] } }, 'INVALID_ID', 'rule.observations.series[0]'],
    ['over one series twice', { observations: { ...observations, series: [SERIES, SERIES] } }, 'INVALID_ARGUMENT', 'rule.observations.series'],
    ['over a place nobody knows', { observations: { ...observations, areas: ['XYZ'] } }, 'UNKNOWN_PLACE', 'rule.observations.areas[0]'],
    ['over periods of any length', { observations: { ...observations, granularity: Granularity.GRANULARITY_CUSTOM } }, 'INVALID_ARGUMENT', 'rule.observations.granularity'],
    ['over an unknown measure', { observations: { ...observations, measure: 99 as Measure } }, 'UNKNOWN_ENUM_VALUE', 'rule.observations.measure'],
    ['without what it observes', { observations: undefined }, 'INVALID_ARGUMENT', 'rule.observations'],
    ['with a hazard in other letters', { hazard: 'Displacement!' }, 'INVALID_ARGUMENT', 'rule.hazard'],
    ['with alerts that end at once', { expiresAfterSeconds: 59 }, 'INVALID_ARGUMENT', 'rule.expires_after_seconds'],
    ['with alerts that never end', { expiresAfterSeconds: 31_536_001 }, 'INVALID_ARGUMENT', 'rule.expires_after_seconds'],
    ['without handling', { handling: undefined }, 'HANDLING_MISSING', 'rule.handling'],
    ['that would be public', { handling: handling({ tlp: Tlp.TLP_CLEAR }) }, 'HANDLING_CONTRADICTORY', 'rule.handling.tlp'],
    ['whose alerts nobody may use as such', { handling: handling({ purposes: [Purpose.PURPOSE_PLANNING] }) }, 'HANDLING_CONTRADICTORY', 'rule.handling.purposes'],
    ['whose handling contradicts itself', { handling: handling({ tlp: Tlp.TLP_RED }) }, 'HANDLING_CONTRADICTORY', 'named_actors'],
    ['with a status for machines', { status: CapStatus.CAP_STATUS_SYSTEM }, 'INVALID_ARGUMENT', 'rule.status'],
    ['with a deadline and no theme', { acknowledgement: { theme: '', deadlineSeconds: 1, escalationSeconds: 0 } }, 'INVALID_ARGUMENT', 'rule.acknowledgement.theme'],
    ['with a theme and no deadline', { acknowledgement: { theme: 'rescue', deadlineSeconds: 0, escalationSeconds: 1 } }, 'INVALID_ARGUMENT', 'rule.acknowledgement.deadline_seconds'],
    ['with control characters in what people read', { event: 'Surge\u0007' }, 'INVALID_ARGUMENT', 'rule.event'],
  ])('%s', async (_, change, code, field) => {
    await expect(create(change)).rejects.toEqual(refusal(code, field));
  });

  it('when it is not there', async () => {
    await expect(alerts.call('createRule', { ruleId: nextId(), rule: undefined }, AUTHOR)).rejects.toEqual(refusal('INVALID_ARGUMENT', 'rule'));
  });
});

describe('a backtest', () => {
  it('tells what the rule would have found in the observations that are there, and stores it', async () => {
    await alerts.deliver([100, 900, 'suppressed', 850, 200, 300].map((count, i) => month(i, count as number)), { series: 'agencies/border-watch/series/tested' });
    await alerts.settled();
    const { name } = await create({ observations: { series: ['agencies/border-watch/series/tested'], measure: Measure.MEASURE_ARRIVALS, areas: [], granularity: 3, populations: [], modes: [] } });
    const events = [{ start: new Date(Date.UTC(2026, 1, 10)), end: new Date(Date.UTC(2026, 2)), granularity: Granularity.GRANULARITY_CUSTOM }];
    const { rule: tested } = await backtest(name, { events, toleranceSeconds: 864_000 });
    expect(tested?.backtest).toMatchObject({
      start: new Date(Date.UTC(2026, 0)),
      end: new Date(Date.UTC(2026, 6)),
      knownObservations: 5,
      unknownObservations: 1,
      alarms: 2,
      events: 1,
      hits: 1,
      misses: 0,
      falseAlarms: 1,
      podPerMille: 1000,
      farPerMille: 500,
      csiPerMille: 500,
      meanLeadSeconds: BigInt(9 * 86_400),
      alarmTimes: [new Date(Date.UTC(2026, 1)), new Date(Date.UTC(2026, 3))],
    });
    const part = await backtest(name, { start: new Date(Date.UTC(2026, 2)), end: new Date(Date.UTC(2026, 5)) });
    expect(part.rule?.backtest).toMatchObject({ knownObservations: 2, alarms: 1, podPerMille: undefined });
    expect(await listed(alerts, APPROVER)).toEqual([]);
  });

  it('of nothing says nothing', async () => {
    const { name } = await create({ observations: { series: ['agencies/border-watch/series/nothing'], measure: Measure.MEASURE_ARRIVALS, areas: [], granularity: 3, populations: [], modes: [] } });
    expect((await backtest(name)).rule?.backtest).toMatchObject({ alarms: 0, knownObservations: 0, podPerMille: undefined, farPerMille: undefined, csiPerMille: undefined });
  });

  it('is refused over spans and events that are none', async () => {
    const { name } = await create();
    const at = new Date(Date.UTC(2026, 0));
    await expect(backtest(name, { start: at, end: at })).rejects.toEqual(refusal('INVALID_ARGUMENT', 'end'));
    await expect(backtest(name, { events: [{ start: at, end: at, granularity: 6 }] })).rejects.toEqual(refusal('INVALID_ARGUMENT', 'events[0]'));
  });
});
