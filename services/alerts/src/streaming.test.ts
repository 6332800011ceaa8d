import { CapMessageType } from '@corridor/contracts/alerts/v1/cap';
import { Direction } from '@corridor/contracts/alerts/v1/rules';
import { Measure } from '@corridor/contracts/hub/v1/updates';
import { ManualClock } from '@corridor/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  activate,
  APPROVER,
  DAY,
  eventually,
  listed,
  month,
  openAlerts,
  OWN,
  person,
  SERIES,
  START,
  temporaryFolder,
  WARNED,
  world,
  type TestAlerts,
} from './alerts.testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let alerts: TestAlerts;
let clock: ManualClock;
const RELIEF = person(WARNED);

beforeEach(async () => {
  folder = await temporaryFolder();
  clock = new ManualClock(START);
  alerts = await openAlerts(folder.path, { clock });
  await alerts.know(...world());
});
afterEach(async () => {
  await alerts.close();
  await folder.remove();
});

const { CAP_MESSAGE_TYPE_ALERT: ALERT, CAP_MESSAGE_TYPE_UPDATE: UPDATE } = CapMessageType;

/** The threads there are, oldest first, each by the natures of its messages. */
async function threads(): Promise<readonly (readonly CapMessageType[])[]> {
  await alerts.settled();
  return (await listed(alerts, APPROVER)).map(({ messages }) => messages.map(({ messageType }) => messageType)).toReversed();
}

describe('an observation', () => {
  it('above a threshold reaches a subscriber as an alert with its reasons', async () => {
    await activate(alerts, 'surge-central');
    const subscriber = alerts.subscribe(RELIEF);
    await eventually(() => expect(subscriber.cursors).toHaveLength(1));
    await alerts.deliver([month(6, 1240)]);
    await eventually(() => expect(subscriber.causes()).toEqual(['alert.raised']));
    const [alert] = subscriber.deliveries.map((delivery) => delivery.alert);
    expect(alert?.provenance).toMatchObject({
      rule: 'rules/surge-central',
      ruleVersion: 1n,
      strength: 155,
      explanation: '1,240 arrivals on the Central Mediterranean Route in July 2026 are 155 % of the threshold of 800 that rule surge-central sets.',
    });
    expect(alert?.provenance?.inputs).toEqual([expect.stringMatching(new RegExp(`^${SERIES}/updates/[0-9a-f-]{36}@1$`))]);
    expect(alert).toMatchObject({ topic: 'displacement/central-mediterranean-route/severe', version: 1n, author: '', duties: [] });
    expect(alert?.messages).toHaveLength(1);
    expect(alert?.messages[0]).toMatchObject({ sender: `agencies/${OWN}`, messageType: ALERT, scope: 2, addresses: [], references: [], sent: new Date(START) });
    expect(alert?.messages[0]?.infos[0]).toMatchObject({
      language: 'en',
      headline: '1,240 arrivals on the Central Mediterranean Route in July 2026',
      onset: new Date(Date.UTC(2026, 6)),
      expires: new Date(START + 14 * DAY),
      urgency: 2,
      certainty: 1,
    });
  });

  it('that is suppressed or unknown raises nothing, in whatever direction a rule looks', async () => {
    await activate(alerts, 'surge');
    await activate(alerts, 'drop', { detector: { $case: 'threshold', value: { value: 10n, direction: Direction.DIRECTION_BELOW, consecutivePeriods: 1 } } });
    await alerts.deliver([month(0, 'suppressed'), month(1, 'unknown'), month(2, 'unstated'), month(3, 'suppressed', { rows: { SYR: 'suppressed', ERI: 700 } })]);
    expect(await threads()).toEqual([]);
    await alerts.deliver([month(4, 0), month(5, 'suppressed', { rows: { SYR: 'suppressed', ERI: 800 } })]);
    await alerts.settled();
    const raised = await listed(alerts, APPROVER);
    expect(raised.map(({ provenance }) => provenance?.explanation ?? '').toSorted()).toEqual([
      '0 arrivals on the Central Mediterranean Route in May 2026 are below the threshold of 10 that rule drop sets.',
      'At least 800 arrivals on the Central Mediterranean Route in June 2026 are 100 % of the threshold of 800 that rule surge sets.',
    ]);
  });

  it('of another measure, place, series or length is left alone', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900, { measure: Measure.MEASURE_DETECTIONS })]);
    await alerts.deliver([month(0, 900)], { series: 'agencies/border-watch/series/other' });
    expect(await threads()).toEqual([]);
    await activate(alerts, 'in-greece', { observations: { series: [SERIES], measure: Measure.MEASURE_ARRIVALS, areas: ['GRC'], granularity: 3, populations: [], modes: [] } });
    await alerts.deliver([month(1, 900)]);
    expect(await threads()).toHaveLength(1);
  });

  it('is evaluated once, however often it arrives', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900)]);
    await alerts.deliver([month(0, 900)]);
    await alerts.deliver([month(0, 900), month(1, 850)]);
    expect(await threads()).toEqual([[ALERT, UPDATE]]);
  });

  it('in an older version than the one that is there changes nothing', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 100, { version: 2 })]);
    await alerts.deliver([month(0, 900, { version: 1 })]);
    expect(await threads()).toEqual([]);
  });

  it('that arrived before its rule was active is evaluated when that was asked for', async () => {
    await alerts.deliver([month(0, 900), month(1, 950), month(4, 990)]);
    await activate(alerts, 'from-now');
    expect(await threads()).toEqual([]);
    await activate(alerts, 'from-the-beginning', {}, true);
    await eventually(async () => expect(await threads()).toHaveLength(2));
    const raised = await listed(alerts, APPROVER);
    expect(raised.map(({ provenance }) => provenance?.rule)).toEqual(['rules/from-the-beginning', 'rules/from-the-beginning']);
  });

  it('that was taken before its rule was active is not evaluated when it arrives once more', async () => {
    await alerts.deliver([month(0, 900)]);
    await alerts.settled();
    clock.advance(100);
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900)]);
    expect(await threads()).toEqual([]);
    await alerts.deliver([month(0, 900, { version: 2 })]);
    expect(await threads()).toEqual([[ALERT]]);
  });

  it('during a pause stays unevaluated, and what comes after it is in the thread that was open', async () => {
    const { name } = await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900)]);
    await alerts.settled();
    await alerts.call('pauseRule', { name, expectedVersion: 0n, reason: 'holidays' }, APPROVER);
    await alerts.deliver([month(3, 900)]);
    expect(await threads()).toEqual([[ALERT]]);
    await alerts.call('resumeRule', { name, expectedVersion: 0n, reason: 'back' }, APPROVER);
    await alerts.deliver([month(1, 900)]);
    expect(await threads()).toEqual([[ALERT, UPDATE]]);
  });
});

describe('the same inputs and the same rule', () => {
  it('make the same messages, byte for byte, in another node', async () => {
    const messages = async (of: TestAlerts) => {
      await of.settled();
      return (await listed(of, APPROVER)).map(({ name, messages: said, provenance }) => ({ name, said, provenance }));
    };
    const other = await temporaryFolder();
    const again = await openAlerts(other.path);
    try {
      await again.know(...world());
      for (const node of [alerts, again]) {
        await activate(node, 'surge');
        await node.deliver([month(0, 900), month(1, 1000)], { publishTime: START - 5_500 });
        await node.deliver([month(1, 1100, { version: 2 })], { publishTime: START - 4_000 });
      }
      expect(await messages(again)).toEqual(await messages(alerts));
      expect((await messages(alerts))[0]?.said[0]?.sent).toEqual(new Date(START - 6_000));
    } finally {
      await again.close();
      await other.remove();
    }
  });
});

describe('what alerts say', () => {
  it('is sealed in the log, under a key of the rule and the month of the end of retention', async () => {
    await activate(alerts, 'surge');
    await alerts.deliver([month(0, 900)]);
    await alerts.settled();
    await eventually(async () => expect((await alerts.events()).filter(({ type }) => type.endsWith('AlertEvent'))).toMatchObject([{ cause: 'alert.raised', sealed: true }]));
    expect((await alerts.events()).filter(({ type }) => type.endsWith('RuleEvent')).map(({ cause, sealed }) => `${cause} ${sealed}`)).toEqual([
      'rule.created false',
      'rule.backtested false',
      'rule.activated false',
    ]);
    expect(await alerts.keys.data.list({ prefix: `${OWN}/surge/` }, 10)).toEqual([`${OWN}/surge/2027-11`]);
  });

  it('is gone with its key: a subscriber from the beginning finds the others', async () => {
    await activate(alerts, 'surge');
    await activate(alerts, 'other');
    await alerts.deliver([month(0, 900)]);
    await alerts.settled();
    await eventually(async () => expect((await alerts.events()).filter(({ type }) => type.endsWith('AlertEvent'))).toHaveLength(2));
    const erased = (await listed(alerts, APPROVER)).find(({ provenance }) => provenance?.rule === 'rules/surge')?.name ?? '';
    await alerts.keys.data.destroy(`${OWN}/surge/2027-11`);
    await expect(alerts.call('getAlert', { name: erased }, APPROVER)).rejects.toEqual(expect.objectContaining({ reason: 'NOT_FOUND' }));
    expect((await listed(alerts, APPROVER)).map(({ provenance }) => provenance?.rule)).toEqual(['rules/other']);
    const subscriber = alerts.subscribe(RELIEF, { from: 'beginning' });
    await eventually(() => expect(subscriber.deliveries.map(({ alert }) => alert?.provenance?.rule)).toEqual(['rules/other']));
  });
});

describe('the topic of the early-warning agency', () => {
  it('may come later than the service, and be taken away and opened again', async () => {
    const other = await temporaryFolder();
    const late = await openAlerts(other.path, { clock, topic: false });
    const raised = async (): Promise<number> => (await listed(late, APPROVER)).length;
    try {
      await late.know(...world());
      await activate(late, 'surge');
      await late.store.log.partnerTopics.provision(APPROVER.agency);
      await late.deliver([month(0, 900)]);
      await eventually(async () => expect(await raised()).toBe(1));
      await late.store.log.partnerTopics.withdraw(APPROVER.agency);
      await late.store.log.partnerTopics.provision(APPROVER.agency);
      await late.deliver([month(5, 900)]);
      await eventually(async () => {
        clock.advance(100);
        expect(await raised()).toBe(2);
      });
      expect(late.service.failed?.()).toBeUndefined();
    } finally {
      await late.close();
      await other.remove();
    }
  });
});
