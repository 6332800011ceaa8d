import { expect } from 'vitest';
import { Alert, AlertState, DutyState, ListAlertsResponse, ListRulesResponse } from '@corridor/contracts/alerts/v1/alerts';
import { CapMessageType } from '@corridor/contracts/alerts/v1/cap';
import { Rule, RuleState } from '@corridor/contracts/alerts/v1/rules';
import { HANDLING, ROUTE } from './exchanging.ts';
import { eventually, type Story } from './story.ts';

const DAY_MS = 86_400_000;
const DERIVED = ['--use', 'early-warning', ...HANDLING];
const DUTY = ['--theme', 'early-warning', '--deadline', '3600', '--escalation', '1800'];

/** A rule that raises an alert, and an alert that is drafted by hand. */
export async function warn(story: Story): Promise<void> {
  await makeRule(story);
  await acknowledge(story);
  await endRule(story);
  await issueByHand(story);
}

async function makeRule(story: Story): Promise<void> {
  const [analyst, approver] = [story.as('early-warning/desk'), story.as('early-warning/approver')];
  const reads = ['--series', 'harbour/detections', '--measure', 'detections', '--granularity', 'month', '--area', ROUTE];
  const says = ['--title', 'Surge by sea', '--hazard', 'displacement', '--event', 'Surge of detections', '--instruction', 'Check places of reception.', '--expires-after', '86400'];
  const created = await analyst.read(Rule, 'rules', 'create', 'surge', ...reads, ...says, '--above', '5000', '--severity', '100=severe', ...DUTY, ...DERIVED);
  expect(created).toMatchObject({ name: 'rules/surge', state: RuleState.RULE_STATE_DRAFT, version: 1n });
  expect(await triedOn(story, ['2025-04-01..2025-05-01'])).toMatchObject({ alarms: 0, events: 1, misses: 1 });
  expect(await analyst.read(Rule, 'rules', 'update', 'surge', '--above', '500')).toMatchObject({ state: RuleState.RULE_STATE_DRAFT, backtest: undefined });
  expect(await triedOn(story, ['2025-04-01..2025-05-01'])).toMatchObject({ alarms: 1, falseAlarms: 0, events: 1, hits: 1, misses: 0, podPerMille: 1000 });
  await analyst.fails('refused', 'rules', 'activate', 'surge');
  await approver.run('rules', 'activate', 'surge', '--history');
  expect(await analyst.run('rules', 'get', 'surge')).toMatch(/^state +active$[^]*^detection \(POD\) +100\.0 %$/m);
  const { rules } = await analyst.read(ListRulesResponse, 'rules', 'list');
  expect(rules.map(({ name, state }) => [name, state])).toEqual([['rules/surge', RuleState.RULE_STATE_ACTIVE]]);
}

/** The skill of the rule, once all four months are there. */
async function triedOn(story: Story, events: readonly string[]): Promise<Rule['backtest']> {
  return eventually(async () => {
    const { backtest } = await story.as('early-warning/desk').read(Rule, 'rules', 'backtest', 'surge', ...events.flatMap((event) => ['--event', event]));
    expect(backtest?.knownObservations).toBe(4);
    return backtest;
  });
}

async function acknowledge(story: Story): Promise<void> {
  const duty = story.as('relief/duty');
  const raised = await eventually(async () => {
    const { alerts } = await duty.read(ListAlertsResponse, 'alerts', 'list', '--unacknowledged');
    return alerts[0] ?? expect.fail('no alert was raised');
  });
  expect(raised).toMatchObject({ topic: `displacement/${ROUTE}/severe`, state: AlertState.ALERT_STATE_OPEN, provenance: { rule: 'rules/surge' } });
  expect(raised.duties).toMatchObject([{ focalPoint: 'agencies/relief/focalPoints/warnings', acknowledgeTime: undefined }]);
  await duty.run('alerts', 'ack', raised.name, '--note', 'The teams are told.');
  const { duties } = await duty.read(Alert, 'alerts', 'get', raised.name);
  expect(duties).toMatchObject([{ state: DutyState.DUTY_STATE_ACKNOWLEDGED, acknowledgedBy: 'agencies/relief/actors/duty', note: 'The teams are told.' }]);
  await eventually(async () => expect((await duty.read(ListAlertsResponse, 'alerts', 'list', '--unacknowledged')).alerts).toEqual([]));
}

async function endRule(story: Story): Promise<void> {
  const approver = story.as('early-warning/approver');
  const steps = [
    ['pause', RuleState.RULE_STATE_PAUSED],
    ['resume', RuleState.RULE_STATE_ACTIVE],
    ['retire', RuleState.RULE_STATE_RETIRED],
  ] as const;
  for (const [step, state] of steps) {
    await approver.run('rules', step, 'surge', '--reason', 'So that the test sees it');
    expect(await approver.read(Rule, 'rules', 'get', 'surge')).toMatchObject({ state, reason: 'So that the test sees it' });
  }
  await approver.fails('refused', 'rules', 'resume', 'surge', '--reason', 'It is over');
}

const inTwoDays = (): string => new Date(Date.now() + 2 * DAY_MS).toISOString().slice(0, 10);

async function issueByHand(story: Story): Promise<void> {
  const [analyst, approver, duty] = [story.as('early-warning/desk'), story.as('early-warning/approver'), story.as('relief/duty')];
  const says = ['--event', 'Flood', '--severity', 'severe', '--headline', 'Flood in the east', '--description', 'Rivers rise.', '--onset', '2025-05-01', '--expires', inTwoDays()];
  const { name, version } = await analyst.read(Alert, 'alerts', 'draft', '--hazard', 'flood', '--area', 'ITA', '--category', 'crisis', ...says, ...DERIVED);
  await duty.fails('notFound', 'alerts', 'get', name);
  await analyst.fails('refused', 'alerts', 'approve', name);
  expect(await approver.read(Alert, 'alerts', 'approve', name, '--read-version', String(version))).toMatchObject({ state: AlertState.ALERT_STATE_OPEN });
  await approver.run('alerts', 'update', name, '--headline', 'Flood in the east and the north');
  await approver.run('alerts', 'cancel', name, '--reason', 'The water has gone');
  const cancelled = await eventually(async () => {
    const alert = await duty.read(Alert, 'alerts', 'get', name);
    expect(alert.state).toBe(AlertState.ALERT_STATE_CANCELLED);
    return alert;
  });
  expect(cancelled.messages.map(({ messageType, infos, note }) => [messageType, infos[0]?.headline ?? note])).toEqual([
    [CapMessageType.CAP_MESSAGE_TYPE_ALERT, 'Flood in the east'],
    [CapMessageType.CAP_MESSAGE_TYPE_UPDATE, 'Flood in the east and the north'],
    [CapMessageType.CAP_MESSAGE_TYPE_CANCEL, 'The water has gone'],
  ]);
  const watched = await duty.follow(['alert.cancelled', 'The water has gone'], 'alerts', 'watch', '--topic', 'flood/*/*', '--from', 'beginning');
  expect(watched).not.toContain('displacement/');
}
