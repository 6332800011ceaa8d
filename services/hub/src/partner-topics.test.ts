import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Purpose, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import { Delivery, PartnerTopicState, type PartnerTopic } from '@corridor/contracts/hub/v1/hub';
import { ViewBatch } from '@corridor/contracts/hub/v1/updates';
import { Leases } from '@corridor/documents';
import { MAX_ENVELOPE_BYTES, partnerTopicName, type EventLog, type NewRecord, type PartnerAccess, type PartnerTopics, type StoredRecord } from '@corridor/eventlog';
import { agencyId, CorridorError } from '@corridor/kernel';
import { openSqliteStore } from '@corridor/outbox/sqlite';
import { openGazetteer } from '@corridor/places';
import { readEnvelope, TOPICS, type Caller } from '@corridor/runtime';
import { agency, consent, DAY, handling, movement, openHub, person, request, sharing, temporaryFolder, type OpenOptions, type TestHub } from './hub.testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const running: TestHub[] = [];
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  for (const hub of running.splice(0)) await hub.close();
  await folder.remove();
});
const BETA = person('beta');
const purpose = Purpose.PURPOSE_PLANNING;
const NAME = 'agencies/beta/partnerTopic';

async function open(options: OpenOptions = {}): Promise<TestHub> {
  const hub = await openHub(folder.path, options);
  running.push(hub);
  return hub;
}
async function started(): Promise<TestHub> {
  const hub = await open();
  await hub.know(...sharing('alpha', ['beta']));
  return hub;
}
/** The hub over the same files, after it stopped. */
async function again(hub: TestHub): Promise<TestHub> {
  await hub.close();
  running.splice(running.indexOf(hub), 1);
  return open({ clock: hub.clock });
}

async function openTopic(hub: TestHub, caller: Caller = BETA, change: { readonly purpose?: Purpose; readonly series?: readonly string[] } = {}): Promise<PartnerTopic> {
  const filter = change.series === undefined ? undefined : { owners: [], series: change.series, categories: [], areas: [] };
  const { partnerTopic } = await hub.call('openPartnerTopic', { parent: `agencies/${caller.agency}`, purpose: change.purpose ?? purpose, filter }, caller);
  return partnerTopic ?? expect.fail('no topic');
}

/** Everything in an agency's topic, by partition and in order. */
async function recordsOf(hub: TestHub, of = 'beta'): Promise<readonly StoredRecord[]> {
  const topic = partnerTopicName(agencyId(of));
  const begin = await hub.log.begin(topic);
  return (await Promise.all(begin.map((offset, partition) => hub.log.read(topic, { partition, offset }, 10_000)))).flat();
}
async function received(hub: TestHub, count: number, of = 'beta'): Promise<readonly StoredRecord[]> {
  await vi.waitFor(async () => expect((await recordsOf(hub, of)).length).toBeGreaterThanOrEqual(count), { timeout: 10_000, interval: 5 });
  return recordsOf(hub, of);
}

function deliveryOf(record: StoredRecord): Delivery {
  const { type, body } = readEnvelope(record);
  expect(type).toBe('corridor.hub.v1.Delivery');
  return Delivery.decode(body.$case === 'payload' ? body.value : expect.fail('it is sealed'));
}
const updatesIn = (records: readonly StoredRecord[]): readonly string[] =>
  records.flatMap((record) => ViewBatch.decode(deliveryOf(record).batch).updates.map(({ name }) => name.split('/').at(-1) ?? ''));

/** Publishes one update; its id. */
async function publish(hub: TestHub, series = 'arrivals', owner = 'alpha', tlp: Tlp = Tlp.TLP_AMBER): Promise<string> {
  const update = movement();
  const named = tlp === Tlp.TLP_RED ? ['agencies/beta/actors/staff-1'] : [];
  const [receipt] = await hub.publish(request(owner, [update], { series, handling: handling({ tlp, namedActors: named }) }));
  expect(receipt?.reason).toBe('');
  return update.updateId;
}
async function publishSome(hub: TestHub, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) ids.push(await publish(hub, `series-${i % 5}`));
  return ids;
}

/** Lets time pass in steps that no confirmation misses. */
async function pass(hub: TestHub, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 200) {
    hub.clock.advance(200);
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A log that asks before each append to the topic of beta. */
const appendingToBeta =
  (ask: (append: () => ReturnType<EventLog['append']>, records: readonly NewRecord[]) => ReturnType<EventLog['append']>) =>
  (log: EventLog): EventLog => ({
    topics: log.topics,
    append: (topic, records) => (topic === partnerTopicName(agencyId('beta')) ? ask(() => log.append(topic, records), records) : log.append(topic, records)),
    consume: (...args) => log.consume(...args),
    tail: (...args) => log.tail(...args),
    read: (...args) => log.read(...args),
    begin: (topic) => log.begin(topic),
    end: (topic) => log.end(topic),
    positions: (...args) => log.positions(...args),
    close: () => log.close(),
  });

const ACCESS: PartnerAccess = {
  brokers: ['kafka.example:9094'],
  topic: 'corridor.out.beta',
  mechanism: 'SCRAM-SHA-256',
  username: 'corridor-partner-beta',
  password: 'a password that nothing keeps',
  groupPrefix: 'beta.',
};
/** Topics of partners that are reached from outside, and what was asked of them. */
const reached = (asked: string[]) => (topics: PartnerTopics): PartnerTopics => ({
  provision: async (of) => {
    await topics.provision(of);
    asked.push(`provision ${of}`);
  },
  issueAccess: async () => ACCESS,
  bar: async (of) => void asked.push(`bar ${of}`),
  withdraw: (of) => topics.withdraw(of),
  provisioned: (of, signal) => topics.provisioned(of, signal),
  agencies: () => topics.agencies(),
});

const reasonOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: unknown) => CorridorError.from(error).reason,
  );

describe("an agency's own topic", () => {
  it('receives byte for byte what a stream of the agency receives, in the order of each series, but nothing that is RED', async () => {
    const hub = await started();
    const before = await publishSome(hub, 12);
    expect(await openTopic(hub)).toMatchObject({ name: NAME, topic: 'corridor.out.beta', purpose, state: PartnerTopicState.PARTNER_TOPIC_STATE_OPEN, version: 1n });
    const stream = hub.subscribe(BETA, { from: 'beginning' });
    const red = await publish(hub, 'series-1', 'alpha', Tlp.TLP_RED);
    const after = await publishSome(hub, 12);
    const ids = [...before, ...after];
    const records = await received(hub, ids.length);
    await vi.waitFor(() => expect(stream.deliveries).toHaveLength(ids.length + 1));
    const streamed = stream.deliveries.filter(({ batch }) => batch.updates[0]?.name.endsWith(red) !== true);
    expect(streamed).toHaveLength(ids.length);
    for (let s = 0; s < 5; s += 1) {
      const key = `alpha/series-${s}`;
      const ofTopic = records.filter((record) => record.key === key).map((record) => deliveryOf(record));
      const ofStream = streamed.filter(({ batch }) => batch.series === `agencies/alpha/series/series-${s}`);
      expect(ofTopic.map(({ batch }) => batch.toString('hex'))).toEqual(ofStream.map(({ bytes }) => bytes.toString('hex')));
      expect(ofTopic.map(({ salt }) => salt.toString('hex'))).toEqual(ofStream.map(({ salt }) => salt.toString('hex')));
      expect(ofTopic.every(({ publishTime, expireTime }) => (expireTime?.getTime() ?? 0) - (publishTime?.getTime() ?? 0) === 365 * DAY)).toBe(true);
    }
    expect(new Set(records.map(({ headers }) => headers['ce_id'])).size).toBe(ids.length);
    expect(updatesIn(records).toSorted()).toEqual(ids.toSorted());
  });

  it('is on record: the word of its administrator, the decisions, and a window before the first delivery', async () => {
    const hub = await started();
    await openTopic(hub);
    expect((await hub.recorded()).map(({ entry }) => entry.$case)).toEqual(['partnerTopic']);
    await publish(hub);
    await received(hub, 1);
    const entries = (await hub.recorded()).map(({ entry }) => entry);
    expect(entries.map(({ $case }) => $case)).toEqual(['partnerTopic', 'decision', 'windowOpen']);
    expect(entries[0]?.value).toMatchObject({ recipient: 'agencies/beta', actor: 'agencies/beta/actors/staff-1', state: PartnerTopicState.PARTNER_TOPIC_STATE_OPEN, purpose });
    expect(entries[2]?.value).toMatchObject({ recipient: 'agencies/beta', actor: 'agencies/beta/actors/staff-1', purpose });
    await pass(hub, 6000);
    await vi.waitFor(async () => expect((await hub.recorded()).map(({ entry }) => entry)).toMatchObject([{}, {}, {}, { $case: 'windowClose', value: { size: 1n } }]));
  });

  it('repeats after a crash what it had not noted down, under the same ids, and misses nothing', async () => {
    let hub = await started();
    await openTopic(hub);
    const ids = await publishSome(hub, 10);
    const first = await received(hub, 10);
    // The clock stands: nothing was noted down but the beginning.
    hub = await again(hub);
    const all = await received(hub, 20);
    expect(updatesIn(all).toSorted()).toEqual([...ids, ...ids].toSorted());
    const idOf = (record: StoredRecord): string => `${record.headers['ce_id']} ${updatesIn([record]).join()}`;
    expect(all.map(idOf).toSorted()).toEqual([...first, ...first].map(idOf).toSorted());
  });

  it('goes on where it was noted down, and delivers once what was published meanwhile', async () => {
    let hub = await started();
    await openTopic(hub);
    const ids = [...(await publishSome(hub, 10))];
    await received(hub, 10);
    await pass(hub, 400);
    hub = await again(hub);
    ids.push(...(await publishSome(hub, 3)));
    expect(updatesIn(await received(hub, 13)).toSorted()).toEqual(ids.toSorted());
  });

  it('waits while another replica looks after it, and is taken over when that one falls silent', async () => {
    let hub = await started();
    await openTopic(hub);
    const { clock } = hub;
    await hub.close();
    running.splice(running.indexOf(hub), 1);
    const store = await openSqliteStore({ file: join(folder.path, 'corridor.db'), topics: Object.values(TOPICS) });
    expect(await (await Leases.open(store.documents, 'hub-leases', clock)).hold('partner-topic/beta', 3000)).toBe(true);
    await store.close();
    hub = await open({ clock });
    const stream = hub.subscribe(BETA, { from: 'beginning' });
    const id = await publish(hub);
    await vi.waitFor(() => expect(stream.deliveries).toHaveLength(1));
    await pass(hub, 2400);
    expect(await recordsOf(hub)).toEqual([]);
    await pass(hub, 1400);
    expect(updatesIn(await received(hub, 1))).toEqual([id]);
  });

  it('says that it cannot be written while the disk is full, and misses nothing of that time', async () => {
    let full = true;
    const hub = await open({
      log: appendingToBeta((append) => (full ? Promise.reject(new CorridorError('STORAGE_FULL', 'the disk is full')) : append())),
    });
    await hub.know(...sharing('alpha', ['beta']));
    await openTopic(hub);
    const ids = await publishSome(hub, 3);
    await vi.waitFor(() => expect(hub.service.impaired?.()).toBe('corridor.out.beta cannot be written: STORAGE_FULL'));
    // All other partners are served.
    expect(hub.service.unwell()).toBeUndefined();
    expect(await recordsOf(hub)).toEqual([]);
    full = false;
    await pass(hub, 600);
    expect(updatesIn(await received(hub, 3)).toSorted()).toEqual(ids.toSorted());
    expect(hub.service.impaired?.()).toBeUndefined();
  });

  it('receives nothing any more of an owner that revoked', async () => {
    const hub = await started();
    await hub.know(...sharing('delta', ['beta']));
    await openTopic(hub);
    const one = await publish(hub, 'arrivals', 'alpha');
    await received(hub, 1);
    await hub.know(consent('alpha', 'beta', { version: 2, revoked: true }));
    await publish(hub, 'arrivals', 'alpha');
    const other = await publish(hub, 'arrivals', 'delta');
    expect(updatesIn(await received(hub, 2)).toSorted()).toEqual([one, other].toSorted());
    // Of one partition, so that what was refused would stand before what follows.
    const last = [await publish(hub, 'arrivals', 'alpha'), await publish(hub, 'arrivals', 'delta')];
    expect(new Set(updatesIn(await received(hub, 3)))).toEqual(new Set([one, other, last[1]]));
  });

  it('receives nothing while its agency is suspended, and what it missed afterwards', async () => {
    const hub = await started();
    await openTopic(hub);
    await hub.know(agency('beta', { version: 2, state: 'suspended' }));
    await publish(hub);
    await vi.waitFor(async () => expect((await hub.recorded()).some(({ entry }) => entry.$case === 'decision' && !entry.value.allowed)).toBe(true));
    expect(await recordsOf(hub)).toEqual([]);
    await hub.know(agency('beta', { version: 3, state: 'active' }));
    const id = await publish(hub);
    expect(updatesIn(await received(hub, 1))).toEqual([id]);
  });

  it('takes together what is ready together, and decides anew what waits behind an append', async () => {
    const appends: number[] = [];
    const gate = Promise.withResolvers<void>();
    const hub = await open({
      log: appendingToBeta(async (append, records) => {
        appends.push(records.length);
        if (appends.length === 1) await gate.promise;
        return append();
      }),
    });
    await hub.know(...sharing('alpha', ['beta']), ...sharing('delta', ['beta']));
    await openTopic(hub);
    const first = await publish(hub);
    await vi.waitFor(() => expect(appends).toEqual([1]));
    for (let i = 0; i < 10; i += 1) await publish(hub, 'arrivals', 'alpha');
    const ids: string[] = [];
    for (let i = 0; i < 10; i += 1) ids.push(await publish(hub, 'arrivals', 'delta'));
    await hub.know(consent('alpha', 'beta', { version: 2, revoked: true }));
    gate.resolve();
    expect(updatesIn(await received(hub, 11)).toSorted()).toEqual([first, ...ids].toSorted());
    expect(appends.length).toBeLessThanOrEqual(3);
  });

  it('is closed to its agency as soon as that is suspended, and opened again when it is active', async () => {
    const asked: string[] = [];
    const hub = await open({ partnerTopics: reached(asked) });
    await hub.know(...sharing('alpha', ['beta']));
    await openTopic(hub);
    expect(asked).toEqual(['provision beta']);
    // The clock stands: nothing here waits for a look.
    await hub.know(agency('beta', { version: 2, state: 'suspended' }));
    await vi.waitFor(() => expect(asked).toEqual(['provision beta', 'bar beta']));
    await hub.know(agency('alpha', { version: 2 }));
    await hub.know(agency('beta', { version: 3, state: 'active' }));
    await vi.waitFor(() => expect(asked).toEqual(['provision beta', 'bar beta', 'provision beta']));
    expect(updatesIn(await received(hub, 0))).toEqual([]);
  });

  it('is closed to a suspended agency also by the replica that takes it over', async () => {
    const asked: string[] = [];
    let hub = await started();
    await openTopic(hub);
    const { clock } = hub;
    await hub.service.stop();
    await hub.know(agency('beta', { version: 2, state: 'suspended' }));
    await hub.close();
    running.splice(running.indexOf(hub), 1);
    hub = await open({ clock, partnerTopics: reached(asked) });
    await vi.waitFor(() => expect(asked).toEqual(['bar beta']));
  });

  it('stays empty when nobody granted its agency anything', async () => {
    const hub = await started();
    await hub.know(agency('stranger'));
    await openTopic(hub, person('stranger'));
    await openTopic(hub);
    await publishSome(hub, 6);
    await received(hub, 6);
    await vi.waitFor(async () =>
      expect((await hub.recorded()).filter(({ entry }) => entry.$case === 'decision' && entry.value.recipient === 'agencies/stranger')).toHaveLength(5),
    );
    expect(await recordsOf(hub, 'stranger')).toEqual([]);
  });

  it('takes what is wanted only', async () => {
    const hub = await started();
    await openTopic(hub, BETA, { series: ['agencies/alpha/series/series-3'] });
    const ids = await publishSome(hub, 10);
    expect(updatesIn(await received(hub, 2))).toEqual([ids[3], ids[8]]);
  });

  it('takes a view that is too large for one record in parts', async () => {
    const hub = await started();
    await openTopic(hub);
    const gazetteer = openGazetteer();
    const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
    const codes = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c))).filter((code) => gazetteer.isNationality(code));
    const counts = Object.fromEntries(codes.slice(0, 200).map((code) => [code, 2 ** 34]));
    // As many as a record takes: what a view adds to each no longer fits.
    const updates = Array.from({ length: 256 }, () => movement({ counts }));
    const [receipt] = await hub.publish(request('alpha', updates));
    expect(receipt?.reason).toBe('');
    const source = (await hub.log.read('corridor.updates.v1', { partition: Number(receipt?.at.split('/')[0]), offset: 0 }, 1))[0]?.envelope.length ?? 0;
    const records = await received(hub, 2);
    expect(source).toBeLessThanOrEqual(MAX_ENVELOPE_BYTES);
    expect(updatesIn(records)).toEqual(updates.map(({ updateId }) => updateId));
    expect(new Set(records.map(({ headers }) => headers['ce_id'])).size).toBe(2);
  });
});

describe('opening and closing a topic', () => {
  it('is the same opening on the same terms, and refused on others until it is closed', async () => {
    const hub = await started();
    const opened = await openTopic(hub);
    expect(await openTopic(hub, person('beta', 'staff-2'))).toEqual(opened);
    expect(await reasonOf(openTopic(hub, BETA, { purpose: Purpose.PURPOSE_STATISTICS }))).toBe('STATE_FORBIDS');
    expect(await reasonOf(openTopic(hub, BETA, { series: ['agencies/alpha/series/arrivals'] }))).toBe('STATE_FORBIDS');
    expect((await hub.recorded()).filter(({ entry }) => entry.$case === 'partnerTopic')).toHaveLength(1);
  });

  it('takes the topic away with all that is in it, and opened anew it begins anew', async () => {
    const hub = await started();
    const ids = await publishSome(hub, 4);
    await openTopic(hub);
    await received(hub, 4);
    const { partnerTopic } = await hub.call('closePartnerTopic', { name: NAME }, BETA);
    expect(partnerTopic?.state).toBe(PartnerTopicState.PARTNER_TOPIC_STATE_CLOSING);
    const stateOf = async () => (await hub.call('getPartnerTopic', { name: NAME }, BETA)).partnerTopic?.state;
    await vi.waitFor(async () => expect(await stateOf()).toBe(PartnerTopicState.PARTNER_TOPIC_STATE_CLOSED));
    expect(await reasonOf(recordsOf(hub))).toBe('NOT_FOUND');
    expect((await hub.call('closePartnerTopic', { name: NAME }, BETA)).partnerTopic?.state).toBe(PartnerTopicState.PARTNER_TOPIC_STATE_CLOSED);
    const wanted = { series: ['agencies/alpha/series/series-2'] };
    expect(await openTopic(hub, BETA, wanted)).toMatchObject({ state: PartnerTopicState.PARTNER_TOPIC_STATE_OPEN, version: 4n });
    expect(updatesIn(await received(hub, 1))).toEqual([ids[2]]);
  });

  it('finishes a closing that a crash interrupted', async () => {
    let hub = await started();
    await openTopic(hub);
    await publishSome(hub, 3);
    await received(hub, 3);
    await hub.service.stop();
    await hub.call('closePartnerTopic', { name: NAME }, BETA);
    hub = await again(hub);
    const stateOf = async () => (await hub.call('getPartnerTopic', { name: NAME }, BETA)).partnerTopic?.state;
    await vi.waitFor(async () => expect(await stateOf()).toBe(PartnerTopicState.PARTNER_TOPIC_STATE_CLOSED), { timeout: 10_000 });
    expect(await reasonOf(recordsOf(hub))).toBe('NOT_FOUND');
  });

  it('gives its administrator a credential, which is on record without anything that follows from it', async () => {
    const hub = await open({ partnerTopics: reached([]) });
    await hub.know(...sharing('alpha', ['beta']));
    await openTopic(hub);
    expect(await hub.call('issuePartnerTopicCredential', { name: NAME }, BETA)).toEqual({ credential: ACCESS });
    const records = (await hub.recorded()).filter(({ entry }) => entry.$case === 'partnerTopicCredential');
    expect(records.map(({ entry }) => entry.value)).toEqual([{ recipient: 'agencies/beta', actor: 'agencies/beta/actors/staff-1' }]);
  });

  it('gives no credential to a topic that is closed, nor where nothing is outside', async () => {
    const hub = await started();
    await openTopic(hub);
    expect(await reasonOf(hub.call('issuePartnerTopicCredential', { name: NAME }, BETA))).toBe('STATE_FORBIDS');
    await hub.call('closePartnerTopic', { name: NAME }, BETA);
    expect(await reasonOf(hub.call('issuePartnerTopicCredential', { name: NAME }, BETA))).toBe('STATE_FORBIDS');
  });

  it.each([
    ['opening it for another agency', 'PERMISSION_DENIED', (hub: TestHub) => hub.call('openPartnerTopic', { parent: 'agencies/beta', purpose, filter: undefined }, person('alpha'))],
    ['opening it for no purpose', 'UNKNOWN_ENUM_VALUE', (hub: TestHub) => hub.call('openPartnerTopic', { parent: 'agencies/beta', purpose: 0, filter: undefined }, BETA)],
    ['closing that of another agency', 'NOT_FOUND', (hub: TestHub) => hub.call('closePartnerTopic', { name: NAME }, person('alpha'))],
    ['reading that of another agency', 'NOT_FOUND', (hub: TestHub) => hub.call('getPartnerTopic', { name: NAME }, person('alpha'))],
    ['a credential to that of another agency', 'NOT_FOUND', (hub: TestHub) => hub.call('issuePartnerTopicCredential', { name: NAME }, person('alpha'))],
    ['closing one that was never opened', 'NOT_FOUND', (hub: TestHub) => hub.call('closePartnerTopic', { name: 'agencies/alpha/partnerTopic' }, person('alpha'))],
    ['a name that is none', 'INVALID_ID', (hub: TestHub) => hub.call('getPartnerTopic', { name: 'agencies/beta/partnerTopics/out' }, BETA)],
  ])('refuses %s', async (_, reason, call) => {
    const hub = await started();
    await openTopic(hub);
    expect(await reasonOf(call(hub))).toBe(reason);
  });
});
