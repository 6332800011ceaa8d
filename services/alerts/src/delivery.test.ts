import { CorridorError, ManualClock } from '@corridor/kernel';
import { TOPICS } from '@corridor/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  activate,
  APPROVER,
  consent,
  COUNTING,
  eventually,
  handling,
  month,
  openAlerts,
  person,
  START,
  STRANGER,
  temporaryFolder,
  UNINFORMED,
  WARNED,
  world,
  type TestAlerts,
  type TestSubscriber,
} from './alerts.testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let alerts: TestAlerts;
let clock: ManualClock;
const RELIEF = person(WARNED);
const PARENT = `agencies/${WARNED}`;

beforeEach(async () => {
  folder = await temporaryFolder();
  clock = new ManualClock(START);
  alerts = await openAlerts(folder.path, { clock });
  await alerts.know(...world());
  await activate(alerts, 'surge');
});
afterEach(async () => {
  await alerts.close();
  await folder.remove();
});

const reasonOf = (subscriber: TestSubscriber): Promise<string> => subscriber.done.then(() => 'ended', (error: unknown) => CorridorError.from(error).reason);
/** A month without neighbours: each raises an alert of its own. */
const lone = (number: number) => [month(3 * number, 900)];
const told = (subscriber: TestSubscriber): readonly (string | undefined)[] => subscriber.deliveries.map(({ alert }) => alert?.provenance?.period?.start?.toISOString().slice(0, 7));

describe('a subscription', () => {
  it('begins now, or with the first alert that is kept, and goes on from a cursor without a gap or a repeat', async () => {
    await alerts.deliver(lone(0));
    await alerts.settled();
    const beginning = alerts.subscribe(RELIEF, { from: 'beginning' });
    await eventually(() => expect(told(beginning)).toEqual(['2026-01']));
    const now = alerts.subscribe(RELIEF);
    await eventually(() => expect(now.cursors).toHaveLength(1));
    await alerts.deliver(lone(1));
    await eventually(() => expect([told(beginning), told(now)]).toEqual([['2026-01', '2026-04'], ['2026-04']]));
    await eventually(() => expect(beginning.cursors).toHaveLength(3));
    await beginning.stop();
    await alerts.deliver(lone(2));
    const later = alerts.subscribe(RELIEF, { cursor: beginning.cursors.at(-1) ?? new Uint8Array() });
    await eventually(() => expect(told(later)).toEqual(['2026-07']));
    const replayed = alerts.subscribe(RELIEF, { cursor: beginning.cursors[1] ?? new Uint8Array() });
    await eventually(() => expect(told(replayed)).toEqual(['2026-04', '2026-07']));
  });

  it('tells once of what a relay put into the log twice, also behind a cursor', async () => {
    const subscriber = alerts.subscribe(RELIEF, { from: 'beginning' });
    await alerts.deliver(lone(0));
    await eventually(() => expect(subscriber.cursors).toHaveLength(2));
    const topic = TOPICS.alerts.name;
    const [record] = (await Promise.all((await alerts.log.begin(topic)).map((offset, partition) => alerts.log.read(topic, { partition, offset }, 10))))
      .flat()
      .filter(({ key }) => key.startsWith('alerts/'));
    if (record === undefined) expect.fail('the alert is not in the log');
    await alerts.log.append(topic, [record]);
    await alerts.deliver(lone(1));
    await eventually(() => expect(told(subscriber)).toEqual(['2026-01', '2026-04']));
    const later = alerts.subscribe(RELIEF, { cursor: subscriber.cursors[1] ?? new Uint8Array() });
    await eventually(() => expect(told(later)).toEqual(['2026-04']));
  });

  it('has cursors of fixed length that open for its agency and filter alone', async () => {
    const subscriber = alerts.subscribe(RELIEF, { filter: { topics: ['displacement/*/*'] } });
    await eventually(() => expect(subscriber.cursors).toHaveLength(1));
    for (const number of [0, 1, 2]) await alerts.deliver(lone(number));
    await eventually(() => expect(subscriber.cursors).toHaveLength(4));
    expect(new Set(subscriber.cursors.map(({ length }) => length)).size).toBe(1);
    const cursor = subscriber.cursors.at(-1) ?? new Uint8Array();
    expect(await reasonOf(alerts.subscribe(RELIEF, { cursor }))).toBe('CURSOR_INVALID');
    expect(await reasonOf(alerts.subscribe(person(STRANGER), { cursor, filter: { topics: ['displacement/*/*'] } }))).toBe('CURSOR_INVALID');
    expect(await reasonOf(alerts.subscribe(RELIEF, { filter: { topics: ['displacement'] } }))).toBe('INVALID_ARGUMENT');
  });

  it('is marked at fixed times, whether or not others are told of something', async () => {
    const silent = alerts.subscribe(person(STRANGER));
    await eventually(() => expect(silent.cursors).toHaveLength(1));
    await alerts.deliver(lone(0));
    await alerts.settled();
    expect(silent.cursors).toHaveLength(1);
    for (let passed = 0; passed < 10_000; passed += 200) {
      clock.advance(200);
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(() => expect(silent.cursors.length).toBeGreaterThanOrEqual(2));
    expect(silent.deliveries).toEqual([]);
  });

  it('takes the topics it was asked for', async () => {
    const severe = alerts.subscribe(RELIEF, { filter: { topics: ['*/*/severe'] } });
    const elsewhere = alerts.subscribe(RELIEF, { filter: { topics: ['*/GRC/*'] } });
    await eventually(() => expect([...severe.cursors, ...elsewhere.cursors]).toHaveLength(2));
    await alerts.deliver(lone(0));
    await alerts.deliver([month(6, 1300)]);
    await eventually(() => expect(told(severe)).toEqual(['2026-07']));
    expect(elsewhere.deliveries).toEqual([]);
  });
});

describe("an agency's own topic", () => {
  const set = (topics: readonly string[], by = RELIEF) => alerts.call('setAlertTopics', { parent: `agencies/${by.agency}`, filter: { topics, statuses: [] } }, by);
  const inTopic = async (agency = WARNED) => (await alerts.deliveredTo(agency)).map(({ alert }) => alert?.provenance?.period?.start?.toISOString().slice(0, 7));

  it('is sent the alerts of the topics it has set, from then on', async () => {
    await expect(set(['*/*/*'])).rejects.toEqual(expect.objectContaining({ reason: 'STATE_FORBIDS' }));
    await alerts.store.log.partnerTopics.provision(RELIEF.agency);
    await alerts.deliver(lone(0));
    await alerts.settled();
    await eventually(async () => expect(await alerts.events()).toHaveLength(4));
    expect(await set(['displacement/*/*'])).toEqual({ logTopic: `corridor.out.${WARNED}` });
    await alerts.deliver(lone(1));
    await eventually(async () => expect(await inTopic()).toEqual(['2026-04']));
    expect(await alerts.call('getAlertTopics', { parent: PARENT }, RELIEF)).toEqual({
      filter: { topics: ['displacement/*/*'], statuses: [1] },
      logTopic: `corridor.out.${WARNED}`,
    });
    const [delivery] = await alerts.deliveredTo(WARNED);
    expect(delivery).toMatchObject({ cause: 'alert.raised', alert: { version: 1n, author: '' } });
    const reads = (await alerts.recorded()).flatMap((entry) => (entry.$case === 'read' ? [entry.value.actor] : []));
    expect(reads).toEqual([RELIEF.name]);
  });

  it('is sent nothing more once no topics are set, nor what came meanwhile when they are set again', async () => {
    await alerts.store.log.partnerTopics.provision(RELIEF.agency);
    await set(['*/*/*']);
    await alerts.deliver(lone(0));
    await eventually(async () => expect(await inTopic()).toEqual(['2026-01']));
    await set([]);
    expect(await alerts.call('getAlertTopics', { parent: PARENT }, RELIEF)).toMatchObject({ filter: undefined });
    await alerts.deliver(lone(1));
    await alerts.settled();
    await eventually(async () => expect((await alerts.events()).filter(({ cause }) => cause === 'alert.raised')).toHaveLength(2));
    await set(['*/*/*']);
    await alerts.deliver(lone(2));
    await eventually(async () => expect(await inTopic()).toEqual(['2026-01', '2026-07']));
  });

  it('is sent nothing while it is closed, which is no failure of the node, and goes on when it is open again', async () => {
    await alerts.store.log.partnerTopics.provision(RELIEF.agency);
    await set(['*/*/*']);
    await alerts.deliver(lone(0));
    await eventually(async () => expect(await inTopic()).toEqual(['2026-01']));
    await alerts.store.log.partnerTopics.withdraw(RELIEF.agency);
    await alerts.deliver(lone(1));
    await alerts.settled();
    await eventually(async () => expect((await alerts.events()).filter(({ cause }) => cause === 'alert.raised')).toHaveLength(2));
    const group = async () => alerts.log.positions(TOPICS.alerts.name, `alerts-to-${WARNED}`);
    const end = await alerts.log.end(TOPICS.alerts.name);
    await eventually(async () => {
      clock.advance(100);
      expect(await group()).toEqual(end);
    });
    expect([alerts.service.unwell(), alerts.service.impaired?.()]).toEqual([undefined, undefined]);
    await alerts.store.log.partnerTopics.provision(RELIEF.agency);
    await alerts.deliver(lone(2));
    await eventually(async () => {
      clock.advance(100);
      expect(await inTopic()).toEqual(['2026-07']);
    });
  });

  it('is sent nothing that its agency may not have, nor anything RED', async () => {
    const beacon = person(UNINFORMED);
    for (const by of [RELIEF, beacon]) {
      await alerts.store.log.partnerTopics.provision(by.agency);
      await set(['*/*/*'], by);
    }
    await activate(alerts, 'red', { handling: handling({ tlp: 1, namedActors: [RELIEF.name] }) });
    await alerts.deliver(lone(0));
    await eventually(async () => expect(await inTopic()).toHaveLength(1));
    await alerts.know(consent(COUNTING, WARNED, { version: 2, revoked: true }));
    await alerts.deliver(lone(1));
    await alerts.settled();
    const own = alerts.subscribe(APPROVER, { from: 'beginning' });
    await eventually(() => expect(own.deliveries).toHaveLength(4));
    expect((await alerts.deliveredTo(WARNED)).map(({ alert }) => alert?.provenance?.rule)).toEqual(['rules/surge']);
    expect(await alerts.deliveredTo(UNINFORMED)).toEqual([]);
  });
});
