import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CorridorError } from '@corridor/kernel';
import {
  Alert,
  AlertDelivery,
  AlertState,
  Duty,
  DutyState,
  Provenance,
  type AcknowledgeAlertRequest,
  type ActivateRuleRequest,
  type ApproveAlertRequest,
  type BacktestRuleRequest,
  type CreateRuleRequest,
  type DraftAlertRequest,
  type ListAlertsRequest,
  type SetAlertTopicsRequest,
  type SubscribeAlertsRequest,
  type SubscribeAlertsResponse,
  type UpdateAlertRequest,
  type UpdateRuleRequest,
} from '@corridor/contracts/alerts/v1/alerts';
import { CapInfo, CapMessage, CapMessageType, CapStatus } from '@corridor/contracts/alerts/v1/cap';
import { Backtest, Direction, Rule, RuleState } from '@corridor/contracts/alerts/v1/rules';
import { Granularity, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import { Measure, Severity } from '@corridor/contracts/hub/v1/updates';
import { PartnerTopicState, type IssuePartnerTopicCredentialRequest, type OpenPartnerTopicRequest } from '@corridor/contracts/hub/v1/hub';
import type { ListFocalPointsRequest, SetFocalPointRequest } from '@corridor/contracts/registry/v1/registry';
import { answering } from '../testing/answers.ts';
import { actorAt, corridorHere, type Run } from '../testing/command-line.ts';
import { startStubNode, type StubBehaviour, type StubNode, type SubscribeAlertsCall } from '../testing/stub-node.ts';

let folder = '';
const opened: StubNode[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'corridor-alerts-'));
});
afterEach(() => {
  opened.splice(0).forEach((stub) => stub.kill());
  rmSync(folder, { recursive: true });
});

/** Runs command lines as `beta/duty` at a node of this behaviour. */
async function at(behaviour: StubBehaviour): Promise<(args: readonly string[], input?: string) => Promise<Run>> {
  const stub = await startStubNode(behaviour);
  opened.push(stub);
  return (args, input = '') => corridorHere(args, { env: actorAt(stub.address, 'beta/duty'), input });
}

/** A service that keeps each request and gives one answer. */
function recording<Req>(method: string, response: object): { readonly service: UntypedServiceImplementation; readonly requests: Req[] } {
  const requests: Req[] = [];
  return { requests, service: { [method]: answering((request: Req) => (requests.push(request), response)) } };
}

const done = { status: 0, stderr: '' };
const rule = Rule.fromPartial({ name: 'rules/surge', version: 4n, title: 'Surge', state: RuleState.RULE_STATE_DRAFT });

describe('corridor rules', () => {
  const flags = ['--series', 'border/detections', '--measure', 'detections', '--granularity', 'month', '--severity', '100=moderate', '--severity', '200=severe', '--hazard', 'displacement', '--event', 'Surge', '--expires-after', '86400', '--tlp', 'amber', '--theme', 'rescue', '--deadline', '3600', '--escalation', '1800'];

  it('create writes a threshold rule from flags', async () => {
    const { service, requests } = recording<CreateRuleRequest>('createRule', { rule });
    const run = await at({ alerts: service });
    expect(await run(['rules', 'create', 'surge', '--title', 'Surge', '--above', '800', '--periods', '2', ...flags])).toMatchObject(done);
    expect(requests).toMatchObject([
      {
        ruleId: 'surge',
        rule: {
          observations: { series: ['agencies/border/series/detections'], measure: Measure.MEASURE_DETECTIONS, granularity: Granularity.GRANULARITY_MONTH, areas: [] },
          detector: { $case: 'threshold', value: { value: 800n, direction: Direction.DIRECTION_ABOVE, consecutivePeriods: 2 } },
          severities: [{ atLeast: 100, severity: Severity.SEVERITY_MODERATE }, { atLeast: 200, severity: Severity.SEVERITY_SEVERE }],
          expiresAfterSeconds: 86_400,
          handling: { tlp: Tlp.TLP_AMBER },
          acknowledgement: { theme: 'rescue', deadlineSeconds: 3600, escalationSeconds: 1800 },
          status: CapStatus.CAP_STATUS_ACTUAL,
        },
      },
    ]);
  });

  it('create writes a rate-of-change rule from a file, changed by flags', async () => {
    const { service, requests } = recording<CreateRuleRequest>('createRule', { rule });
    const run = await at({ alerts: service });
    const file = { title: 'Of the file', hazard: 'displacement', rateOfChange: { perCent: 50, direction: 'DIRECTION_ABOVE', windowPeriods: 6, leastKnownPeriods: 4 }, status: 'CAP_STATUS_EXERCISE' };
    expect(await run(['rules', 'create', 'surge', '--file', '-', '--title', 'Of the flag'], JSON.stringify(file))).toMatchObject(done);
    expect(requests).toMatchObject([
      { rule: { title: 'Of the flag', hazard: 'displacement', detector: { $case: 'rateOfChange', value: { perCent: 50, windowPeriods: 6, leastKnownPeriods: 4 } }, status: CapStatus.CAP_STATUS_EXERCISE } },
    ]);
  });

  it('update changes what is there, in the version that was read', async () => {
    const before = { ...rule, hazard: 'displacement', detector: { $case: 'threshold' as const, value: { value: 5n, direction: Direction.DIRECTION_BELOW, consecutivePeriods: 3 } } };
    const { service, requests } = recording<UpdateRuleRequest>('updateRule', { rule });
    const run = await at({ alerts: { ...service, getRule: answering(() => ({ rule: before })) } });
    expect(await run(['rules', 'update', 'surge', '--fall', '30', '--window', '12', '--least-known', '9', '--least-mean', '20'])).toMatchObject(done);
    expect(requests).toMatchObject([
      { expectedVersion: 4n, rule: { name: 'rules/surge', title: 'Surge', hazard: 'displacement', detector: { $case: 'rateOfChange', value: { perCent: 30, direction: Direction.DIRECTION_BELOW, windowPeriods: 12, leastKnownPeriods: 9, leastMean: 20n } } } },
    ]);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['two detectors', ['--above', '5', '--fall', '5', '--window', '3'], /one detector/],
    ['a rate of change without a window', ['--rise', '5'], /need --window/],
    ['a window of 121 periods', ['--rise', '5', '--window', '121'], /from 1 to 120/],
    ['a threshold of 0', ['--above', '0'], /from 1/],
    ['a severity that is none', ['--severity', '100=awful'], /STRENGTH=SEVERITY/],
  ])('create refuses %s before it sends anything', async (_, wrong, message) => {
    const { service, requests } = recording('createRule', { rule });
    const run = await at({ alerts: service });
    const result = await run(['rules', 'create', 'surge', ...wrong]);
    expect([result.status, requests]).toEqual([2, []]);
    expect(result.stderr).toMatch(message);
  });

  it('backtest gives events, and shows the skill', async () => {
    const backtest = Backtest.fromPartial({ knownObservations: 150, unknownObservations: 6, alarms: 4, falseAlarms: 1, events: 3, hits: 2, misses: 1, podPerMille: 667, farPerMille: 250 });
    const { service, requests } = recording<BacktestRuleRequest>('backtestRule', { rule: { ...rule, backtest } });
    const run = await at({ alerts: service });
    const result = await run(['rules', 'backtest', 'surge', '--from', '2010-01-01', '--event', '2015-07-01..2016-03-01', '--tolerance', '86400']);
    expect(result).toMatchObject(done);
    expect(requests).toMatchObject([
      { name: 'rules/surge', start: new Date('2010-01-01'), end: undefined, toleranceSeconds: 86_400, events: [{ start: new Date('2015-07-01'), end: new Date('2016-03-01'), granularity: Granularity.GRANULARITY_CUSTOM }] },
    ]);
    expect(result.stdout).toMatch(/^observations +150 known, 6 unknown or suppressed$/m);
    expect(result.stdout).toMatch(/^detection \(POD\) +66\.7 %$/m);
    expect(result.stdout).toMatch(/^success \(CSI\) +-$/m);
  });

  it('activate, pause, resume and retire', async () => {
    const activated = recording<ActivateRuleRequest>('activateRule', { rule });
    const steps: string[] = [];
    const step = (name: string) => answering(({ reason }: { readonly reason: string }) => (steps.push(`${name}: ${reason}`), { rule }));
    const run = await at({ alerts: { ...activated.service, pauseRule: step('pause'), resumeRule: step('resume'), retireRule: step('retire') } });
    expect(await run(['rules', 'activate', 'surge', '--history'])).toMatchObject(done);
    for (const name of ['pause', 'resume', 'retire']) expect(await run(['rules', name, 'rules/surge', '--reason', 'so'])).toMatchObject(done);
    expect(activated.requests).toMatchObject([{ name: 'rules/surge', evaluateHistory: true }]);
    expect(steps).toEqual(['pause: so', 'resume: so', 'retire: so']);
  });

  it('list and get show when a rule raises an alarm', async () => {
    const surge = { ...rule, detector: { $case: 'threshold' as const, value: { value: 800n, direction: Direction.DIRECTION_ABOVE, consecutivePeriods: 2 } } };
    const run = await at({ alerts: { listRules: answering(() => ({ rules: [surge], nextPageToken: '' })), getRule: answering(() => ({ rule: surge })) } });
    expect((await run(['rules', 'list'])).stdout).toContain('above 800, 2 periods in a row');
    expect(JSON.parse((await run(['rules', 'get', 'surge', '--json'])).stdout)).toMatchObject({ name: 'rules/surge', threshold: { value: '800' } });
  });
});

const info = CapInfo.fromPartial({ language: 'en', headline: 'Surge', event: 'Surge', severity: Severity.SEVERITY_SEVERE, description: 'First line\nSecond line' });
const alert: Alert = {
  ...Alert.fromPartial({ name: 'alerts/a', version: 3n, state: AlertState.ALERT_STATE_OPEN, topic: 'displacement/GRC/severe' }),
  messages: [{ ...CapMessage.fromPartial({ messageType: CapMessageType.CAP_MESSAGE_TYPE_ALERT, status: CapStatus.CAP_STATUS_ACTUAL, sender: 'agencies/early-warning' }), infos: [info] }],
  provenance: Provenance.fromPartial({ rule: 'rules/surge', ruleVersion: 4n, explanation: '1,240 arrivals are 155 % of the threshold of 800.' }),
  duties: [Duty.fromPartial({ focalPoint: 'agencies/beta/focalPoints/rescue', state: DutyState.DUTY_STATE_OVERDUE })],
};

describe('corridor alerts', () => {
  it('list asks for what the flags say, and shows topic, duties and headline', async () => {
    const { service, requests } = recording<ListAlertsRequest>('listAlerts', { alerts: [alert], nextPageToken: '' });
    const run = await at({ alerts: service });
    const result = await run(['alerts', 'list', '--topic', 'displacement/*/severe', '--status', 'exercise', '--state', 'open', '--unacknowledged']);
    expect(result).toMatchObject(done);
    expect(result.stdout).toMatch(/alerts\/a +open +actual +displacement\/GRC\/severe +- +0 of 1 \(overdue\) +Surge/);
    expect(requests).toMatchObject([{ filter: { topics: ['displacement/*/severe'], statuses: [CapStatus.CAP_STATUS_EXERCISE] }, states: [AlertState.ALERT_STATE_OPEN], unacknowledged: true, pageSize: 100 }]);
  });

  it('list goes over pages up to its limit and says when there is more', async () => {
    const tokens: string[] = [];
    const listAlerts = answering(({ pageToken, pageSize }: ListAlertsRequest) => (tokens.push(pageToken), { alerts: Array.from({ length: Math.min(pageSize, 2) }, () => alert), nextPageToken: `${tokens.length}` }));
    const run = await at({ alerts: { listAlerts } });
    const result = await run(['alerts', 'list', '--limit', '5']);
    expect(result.stdout.match(/alerts\/a/g)?.length).toBe(5);
    expect([tokens, result.stderr]).toEqual([['', '1', '2'], 'there is more: --limit is 5\n']);
  });

  it('get shows why it was raised and whose duty it is', async () => {
    const run = await at({ alerts: { getAlert: answering(() => ({ alert })) } });
    const { stdout } = await run(['alerts', 'get', 'a']);
    expect(stdout).toMatch(/^why +1,240 arrivals are 155 % of the threshold of 800\.$/m);
    expect(stdout).toMatch(/agencies\/beta\/focalPoints\/rescue +overdue/);
    expect(stdout).toMatch(/^description +First line\n +Second line$/m);
  });

  it('draft writes one from flags, with a new id', async () => {
    const { service, requests } = recording<DraftAlertRequest>('draftAlert', { alert });
    const run = await at({ alerts: service });
    const args = ['alerts', 'draft', '--hazard', 'flood', '--area', 'GRC', '--category', 'crisis', '--event', 'Flood', '--severity', 'severe', '--headline', 'Flood in Evros', '--expires', '2030-01-01', '--tlp', 'amber', '--theme', 'rescue', '--deadline', '60', '--escalation', '60'];
    expect(await run(args)).toMatchObject(done);
    expect(requests).toMatchObject([
      { hazard: 'flood', area: 'GRC', status: CapStatus.CAP_STATUS_ACTUAL, infos: [{ language: 'en', headline: 'Flood in Evros', severity: Severity.SEVERITY_SEVERE, areas: [{ areaDescription: 'GRC', place: 'GRC' }] }], acknowledgement: { theme: 'rescue' } },
    ]);
    expect(requests[0]?.alertId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(await run(['alerts', 'draft', '--hazard', 'flood'])).toMatchObject({ status: 2 });
  });

  it('approve issues the version that was read, if one is named', async () => {
    const { service, requests } = recording<ApproveAlertRequest>('approveAlert', { alert });
    const run = await at({ alerts: service });
    expect(await run(['alerts', 'approve', 'a', '--read-version', '3'])).toMatchObject(done);
    expect(await run(['alerts', 'approve', 'a'])).toMatchObject(done);
    expect(requests).toEqual([{ name: 'alerts/a', expectedVersion: 3n }, { name: 'alerts/a', expectedVersion: 0n }]);
  });

  it('update changes one language and keeps the others', async () => {
    const { service, requests } = recording<UpdateAlertRequest>('updateAlert', { alert });
    const run = await at({ alerts: { ...service, getAlert: answering(() => ({ alert })) } });
    expect(await run(['alerts', 'update', 'a', '--language', 'el', '--headline', 'Κύμα'])).toMatchObject(done);
    expect(await run(['alerts', 'update', 'a', '--headline', 'Greater surge'])).toMatchObject(done);
    expect(requests.map(({ infos }) => infos.map(({ language, headline }) => [language, headline]))).toEqual([[['en', 'Surge'], ['el', 'Κύμα']], [['en', 'Greater surge']]]);
    expect(requests[0]?.infos[1]?.severity).toBe(Severity.SEVERITY_SEVERE);
  });

  it('ack takes the only duty that is open, and asks when there are several', async () => {
    const { service, requests } = recording<AcknowledgeAlertRequest>('acknowledgeAlert', { alert });
    const duty = (agency: string, id: string, acknowledgeTime?: Date) => Duty.fromPartial({ focalPoint: `agencies/${agency}/focalPoints/${id}`, acknowledgeTime });
    let duties = [duty('alpha', 'x'), duty('beta', 'rescue'), duty('beta', 'fulfilled', new Date())];
    const run = await at({ alerts: { ...service, getAlert: answering(() => ({ alert: { ...alert, duties } })) } });
    expect(await run(['alerts', 'ack', 'a', '--note', 'seen'])).toMatchObject(done);
    duties = [duty('beta', 'rescue'), duty('beta', 'health')];
    const several = await run(['alerts', 'ack', 'a']);
    expect(several.status).toBe(2);
    expect(several.stderr).toContain('agencies/beta/focalPoints/health');
    expect(await run(['alerts', 'ack', 'a', '--focal-point', 'health'])).toMatchObject(done);
    duties = [];
    expect((await run(['alerts', 'ack', 'a'])).stderr).toContain('no focal point');
    expect(requests.map(({ focalPoint, note }) => [focalPoint, note])).toEqual([['agencies/beta/focalPoints/rescue', 'seen'], ['agencies/beta/focalPoints/health', '']]);
  });

  it('watch prints alerts as NDJSON and goes on from its cursor file', async () => {
    const requests: SubscribeAlertsRequest[] = [];
    const mark = (cursor: string): SubscribeAlertsResponse => ({ event: { $case: 'mark', value: { cursor: Buffer.from(cursor) } } });
    const run = await at({
      alerts: {
        subscribeAlerts(call: SubscribeAlertsCall) {
          requests.push(call.request);
          if (requests.length === 1) call.write({ event: { $case: 'delivery', value: { ...AlertDelivery.fromPartial({ cause: 'alert.raised' }), alert } } });
          call.write(mark('the cursor'));
        },
      },
    });
    const cursorFile = join(folder, 'cursor');
    const args = ['alerts', 'watch', '--topic', '*/GRC/*', '--from', 'beginning', '--cursor-file', cursorFile, '--until-idle', '1', '--json'];
    const first = await run(args);
    expect(first).toMatchObject(done);
    expect(first.stdout.trim().split('\n').map((line) => JSON.parse(line) as unknown)).toMatchObject([{ cause: 'alert.raised', alert: { name: 'alerts/a' } }]);
    expect(readFileSync(cursorFile, 'utf8')).toBe(`${Buffer.from('the cursor').toString('base64')}\n`);
    expect(await run(args)).toMatchObject({ ...done, stdout: '' });
    expect(requests.map(({ cursor, filter }) => [cursor.toString(), filter?.topics])).toEqual([['', ['*/GRC/*']], ['the cursor', ['*/GRC/*']]]);
    writeFileSync(cursorFile, 'no cursor at all');
    expect(await run(args)).toMatchObject({ status: 2 });
  });

  it('topics set needs topics or --none', async () => {
    const { service, requests } = recording<SetAlertTopicsRequest>('setAlertTopics', { logTopic: 'corridor.out.beta' });
    const getAlertTopics = answering(() => ({ logTopic: 'corridor.out.beta', filter: { topics: [], statuses: [] } }));
    const run = await at({ alerts: { ...service, getAlertTopics } });
    expect((await run(['alerts', 'topics', 'get'])).stdout).toMatch(/^alerts +none$/m);
    expect(await run(['alerts', 'topics', 'set'])).toMatchObject({ status: 2 });
    expect((await run(['alerts', 'topics', 'set', '--topic', '*/*/*'])).stdout).toMatch(/^log topic +corridor\.out\.beta$/m);
    expect(await run(['alerts', 'topics', 'set', '--none'])).toMatchObject(done);
    expect(requests).toMatchObject([{ parent: 'agencies/beta', filter: { topics: ['*/*/*'] } }, { filter: { topics: [] } }]);
  });

  it('say what the node refuses', async () => {
    const run = await at({ alerts: { approveAlert: answering(() => { throw new CorridorError('FOUR_EYES', 'its author cannot approve it'); }) } });
    expect(await run(['alerts', 'approve', 'a'])).toEqual({ status: 3, stdout: '', stderr: 'corridor: its author cannot approve it. A second actor has to do this step.\n' });
  });
});

describe('corridor focal-points and corridor topic', () => {
  it('set a focal point of the own agency', async () => {
    const focalPoint = { name: 'agencies/beta/focalPoints/rescue', version: 1n, theme: 'rescue', area: 'GRC', holder: 'agencies/beta/actors/duty', deputies: [], validFrom: new Date(0), validUntil: new Date(1), absentUntil: undefined };
    const { service, requests } = recording<SetFocalPointRequest>('setFocalPoint', { focalPoint });
    const listed: ListFocalPointsRequest[] = [];
    const listFocalPoints = answering((request: ListFocalPointsRequest) => (listed.push(request), { focalPoints: [focalPoint], nextPageToken: '' }));
    const run = await at({ registry: { ...service, listFocalPoints } });
    expect((await run(['focal-points', 'list'])).stdout).toMatch(/agencies\/beta\/focalPoints\/rescue +rescue +GRC +agencies\/beta\/actors\/duty/);
    expect(await run(['focal-points', 'list', 'alpha'])).toMatchObject(done);
    expect(listed.map(({ agency }) => agency)).toEqual(['agencies/beta', 'agencies/alpha']);
    const args = ['focal-points', 'set', 'rescue', '--theme', 'rescue', '--area', 'GRC', '--holder', 'beta/duty', '--deputy', 'beta/second', '--deputy', 'beta/third', '--from', '2026-01-01', '--until', '2030-01-01', '--absent-until', '2027-01-01'];
    expect(await run(args)).toMatchObject(done);
    expect(requests).toMatchObject([
      { focalPoint: { name: 'agencies/beta/focalPoints/rescue', holder: 'agencies/beta/actors/duty', deputies: ['agencies/beta/actors/second', 'agencies/beta/actors/third'], validFrom: new Date('2026-01-01'), absentUntil: new Date('2027-01-01') } },
    ]);
  });

  it('open and show the topic of the own agency', async () => {
    const partnerTopic = { name: 'agencies/beta/partnerTopic', version: 1n, topic: 'corridor.out.beta', purpose: 4, filter: undefined, state: PartnerTopicState.PARTNER_TOPIC_STATE_OPEN, openTime: new Date(0) };
    const names: string[] = [];
    const named = answering(({ name }: { readonly name: string }) => (names.push(name), { partnerTopic }));
    const { service, requests } = recording<OpenPartnerTopicRequest>('openPartnerTopic', { partnerTopic });
    const run = await at({ hub: { ...service, getPartnerTopic: named, closePartnerTopic: named } });
    expect((await run(['topic', 'open', '--purpose', 'early-warning', '--owner', 'alpha'])).stdout).toMatch(/^topic +corridor\.out\.beta$/m);
    expect(requests).toMatchObject([{ parent: 'agencies/beta', purpose: 4, filter: { owners: ['agencies/alpha'] } }]);
    expect(await run(['topic', 'get'])).toMatchObject(done);
    expect(await run(['topic', 'close'])).toMatchObject(done);
    expect(names).toEqual(['agencies/beta/partnerTopic', 'agencies/beta/partnerTopic']);
  });

  it('write the credential of that topic where only its owner reads it, and print it only when asked', async () => {
    const credential = { brokers: ['kafka.example:9094'], topic: 'corridor.out.beta', mechanism: 'SCRAM-SHA-256', username: 'corridor-partner-beta', password: 'once', groupPrefix: 'beta.' };
    const { service, requests } = recording<IssuePartnerTopicCredentialRequest>('issuePartnerTopicCredential', { credential });
    const run = await at({ hub: service });
    const file = join(folder, 'topic.json');
    const wrote = await run(['topic', 'credential', '--file', file]);
    expect(wrote).toMatchObject(done);
    expect(wrote.stdout).not.toContain('once');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(credential);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    // A name that is taken costs nothing: the credential of before goes on.
    expect(await run(['topic', 'credential', '--file', file])).toMatchObject({ status: 2 });
    expect(requests).toEqual([{ name: 'agencies/beta/partnerTopic' }]);
    expect(JSON.parse((await run(['topic', 'credential', '--file', '-'])).stdout)).toEqual(credential);
  });

  it('leave no file behind when there is no credential', async () => {
    const run = await at({ hub: {} });
    const file = join(folder, 'none.json');
    expect((await run(['topic', 'credential', '--file', file])).status).not.toBe(0);
    expect(existsSync(file)).toBe(false);
  });
});
