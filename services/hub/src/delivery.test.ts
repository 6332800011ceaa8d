import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { deliveryLeaf, WindowTree } from '@corridor/merkle';
import { CorridorError } from '@corridor/kernel';
import { actor, agency, movement, openHub, person, request, sharing, temporaryFolder, type OpenOptions, type TestHub, type TestSubscriber } from './hub.testing.ts';
import { forgetArchive } from './rewind.testing.ts';

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

async function open(options: OpenOptions = {}): Promise<TestHub> {
  const hub = await openHub(folder.path, options);
  running.push(hub);
  return hub;
}
async function started(options: OpenOptions = {}): Promise<TestHub> {
  const hub = await open(options);
  await hub.know(...sharing('alpha', ['beta', 'gamma']));
  return hub;
}

/** Publishes so many updates, one a message, over some series; their ids. */
async function publishSome(hub: TestHub, count: number, series = ['arrivals', 'departures', 'camps']): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const update = movement();
    const [receipt] = await hub.publish(request('alpha', [update], { series: series[i % series.length] ?? 'arrivals' }));
    expect(receipt?.reason).toBe('');
    ids.push(`${update.updateId}@1`);
  }
  return ids;
}

/** Lets time pass, in steps that no confirmation misses, until the subscriber has one mark more. */
async function nextMark(hub: TestHub, subscriber: TestSubscriber): Promise<Uint8Array> {
  const before = subscriber.cursors.length;
  for (let step = 0; step < 1000 && subscriber.cursors.length === before; step += 1) {
    hub.clock.advance(200);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(subscriber.cursors.length).toBeGreaterThan(before);
  return subscriber.cursors.at(-1) ?? expect.fail('no mark');
}

const reasonOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: unknown) => CorridorError.from(error).reason,
  );

describe('a subscription', () => {
  it('begins with what is published from now on, or with the first update that is kept', async () => {
    const hub = await started();
    const before = await publishSome(hub, 4);
    const fromNow = hub.subscribe(BETA);
    const fromBeginning = hub.subscribe(BETA, { from: 'beginning' });
    await nextMark(hub, fromNow);
    const after = await publishSome(hub, 3);
    await vi.waitFor(() => expect(fromBeginning.seen().toSorted()).toEqual([...before, ...after].toSorted()));
    await vi.waitFor(() => expect(fromNow.seen().toSorted()).toEqual(after.toSorted()));
  });

  it('keeps the order of each series', async () => {
    const hub = await started();
    const ids = await publishSome(hub, 30, ['arrivals']);
    const subscriber = hub.subscribe(BETA, { from: 'beginning' });
    await vi.waitFor(() => expect(subscriber.seen()).toEqual(ids));
  });

  it('goes on behind its last mark: each record at least once, none again that was before the mark, also after a restart', async () => {
    let hub = await started({ limits: { records: 4, updates: 4, bytes: 1 << 20, reports: 100 } });
    const ids: string[] = await publishSome(hub, 12);
    const first = hub.subscribe(BETA, { from: 'beginning' });
    await vi.waitFor(() => expect(first.seen()).toHaveLength(12));
    const cursor = await nextMark(hub, first);
    ids.push(...(await publishSome(hub, 5)));
    await vi.waitFor(() => expect(first.seen()).toHaveLength(17));
    await first.stop();
    await running.pop()?.close();
    hub = await open();
    ids.push(...(await publishSome(hub, 3)));
    const second = hub.subscribe(BETA, { cursor });
    await vi.waitFor(() => expect(second.seen()).toHaveLength(8));
    expect(second.seen().toSorted()).toEqual(ids.slice(12).toSorted());
  });

  it('refuses a cursor of another agency, purpose or filter, or none of this node', async () => {
    const hub = await started();
    const cursor = await nextMark(hub, hub.subscribe(BETA));
    expect(cursor.length).toBe(8 * 6 + 32);
    const refused = [
      hub.subscribe(person('gamma'), { cursor }),
      hub.subscribe(BETA, { cursor, purpose: Purpose.PURPOSE_ASSISTANCE }),
      hub.subscribe(BETA, { cursor, filter: { areas: ['ITA'] } }),
      hub.subscribe(BETA, { cursor: Buffer.from('no cursor') }),
    ];
    for (const { done } of refused) expect(await reasonOf(done)).toBe('CURSOR_INVALID');
    const acknowledge = (caller: typeof BETA, purpose: Purpose): Promise<unknown> =>
      hub.call('acknowledgeDelivery', { purpose, filter: undefined, cursor: Buffer.from(cursor) }, caller);
    expect(await reasonOf(acknowledge(person('gamma'), Purpose.PURPOSE_PLANNING))).toBe('CURSOR_INVALID');
    expect(await reasonOf(acknowledge(BETA, Purpose.PURPOSE_ASSISTANCE))).toBe('CURSOR_INVALID');
    expect(await reasonOf(acknowledge(BETA, Purpose.PURPOSE_PLANNING))).toBe('none');
    // An actor of the same agency may go on where another left.
    expect((await nextMark(hub, hub.subscribe(person('beta', 'staff-2'), { cursor }))).length).toBe(cursor.length);
  });

  it('says loudly that the node has lost what the cursor is behind', async () => {
    const hub = await started();
    await publishSome(hub, 3);
    const subscriber = hub.subscribe(BETA, { from: 'beginning' });
    await vi.waitFor(() => expect(subscriber.seen()).toHaveLength(3));
    const cursor = await nextMark(hub, subscriber);
    await running.pop()?.close();
    // An older copy of the data with the same keys.
    for (const file of ['corridor.db', 'corridor.db-wal', 'corridor.db-shm']) await rm(`${folder.path}/${file}`, { force: true });
    const restored = await started();
    expect(await reasonOf(restored.subscribe(BETA, { cursor }).done)).toBe('LOG_INCOMPLETE');
  });

  it('delivers what its filter wants, in the reader’s own view', async () => {
    const hub = await open();
    await hub.know(...sharing('alpha', ['beta'], { highestPrecision: 'country' }), ...sharing('delta', ['gamma', 'beta']));
    const inNarino = { country: '', adminCode: 'CO52', route: '', point: undefined };
    const [italy, colombia, other] = [movement(), movement({ place: inNarino }), movement()];
    const subscribers = {
      areas: hub.subscribe(BETA, { filter: { areas: ['COL'] } }),
      // The reader sees the country only, and does not learn of the area by asking for it.
      fine: hub.subscribe(BETA, { filter: { areas: ['CO52'] } }),
      owners: hub.subscribe(BETA, { filter: { owners: ['agencies/delta'] } }),
      series: hub.subscribe(BETA, { filter: { series: ['agencies/alpha/series/camps'] } }),
      everything: hub.subscribe(BETA),
    };
    await nextMark(hub, subscribers.everything);
    await hub.publish(request('alpha', [italy, colombia]));
    await hub.publish(request('delta', [other]));
    await hub.publish(request('alpha', [movement()], { series: 'camps' }));
    await vi.waitFor(() => expect(subscribers.everything.seen()).toHaveLength(4));
    for (const subscriber of Object.values(subscribers)) await nextMark(hub, subscriber);
    expect(subscribers.areas.seen()).toEqual([`${colombia.updateId}@1`]);
    expect(subscribers.fine.seen()).toEqual([]);
    expect(subscribers.owners.seen()).toEqual([`${other.updateId}@1`]);
    expect(subscribers.series.deliveries.map(({ batch }) => batch.series)).toEqual(['agencies/alpha/series/camps']);
  });

  it('gives everyone who has the same view the same bytes, salt included', async () => {
    const hub = await started();
    const [one, two] = [hub.subscribe(BETA), hub.subscribe(person('gamma'))];
    await nextMark(hub, one);
    await nextMark(hub, two);
    await publishSome(hub, 3);
    await vi.waitFor(() => expect([one.seen().length, two.seen().length]).toEqual([3, 3]));
    const told = ({ deliveries }: TestSubscriber): readonly string[] => deliveries.map(({ bytes, salt }) => `${bytes.toString('hex')} ${salt.toString('hex')}`).toSorted();
    expect(told(one)).toEqual(told(two));
    expect(new Set(told(one).map((text) => text.split(' ')[1])).size).toBe(3);
  });

  it('of a slow reader goes on from the archive and holds up nobody', async () => {
    const hub = await started({ limits: { records: 4, updates: 8, bytes: 1 << 20, reports: 1000 } });
    const gate = Promise.withResolvers<void>();
    const slow = hub.subscribe(BETA, { take: (event) => (event.$case === 'delivery' ? gate.promise : undefined) });
    const quick = hub.subscribe(person('gamma'));
    await nextMark(hub, slow);
    await nextMark(hub, quick);
    const ids = await publishSome(hub, 100);
    await vi.waitFor(() => expect(quick.seen().toSorted()).toEqual(ids.toSorted()));
    expect(slow.seen()).toHaveLength(1);
    gate.resolve();
    await vi.waitFor(() => expect(slow.seen().toSorted()).toEqual(ids.toSorted()));
  });

  it('gets past records whose key was destroyed before they were folded', async () => {
    const hub = await started();
    await publishSome(hub, 80, ['camps']);
    for (const id of await hub.keys.data.list({ prefix: 'alpha/camps/' }, 10)) await hub.keys.data.destroy(id);
    await running.pop()?.close();
    await forgetArchive(folder.path);
    const again = await open({ limits: { records: 2, updates: 2, bytes: 1, reports: 10 } });
    const ids = await publishSome(again, 2, ['arrivals', 'departures']);
    const later = movement();
    await again.publish(request('alpha', [later], { series: 'camps', handling: { ...request('alpha', []).handling, retentionDays: 30 } as never }));
    const subscriber = again.subscribe(BETA, { from: 'beginning' });
    await vi.waitFor(() => expect(subscriber.seen().toSorted()).toEqual([...ids, `${later.updateId}@1`].toSorted()));
  });
});

describe('marks', () => {
  it('come at fixed times while nothing is delivered, whatever others receive', async () => {
    const hub = await started();
    await hub.know(agency('stranger'), actor('stranger'));
    const stranger = hub.subscribe(person('stranger'));
    await nextMark(hub, stranger);
    const times: number[] = [];
    const start = hub.clock.now();
    for (let i = 0; i < 120; i += 1) {
      const before = stranger.cursors.length;
      if (i % 7 === 0) await publishSome(hub, 1);
      hub.clock.advance(200);
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      if (stranger.cursors.length > before) times.push(hub.clock.now() - start);
    }
    expect(times).toEqual([times[0], (times[0] ?? 0) + 10_000]);
    expect(times[0]).toBeGreaterThan(9000);
    expect(stranger.events.every(({ $case }) => $case === 'mark')).toBe(true);
    expect(new Set(stranger.cursors.map((cursor) => cursor.length)).size).toBe(1);
  });
});

describe('a delivery window', () => {
  it('is on record before its first delivery, and so are the decisions', async () => {
    const hub = await open();
    await hub.know(...sharing('alpha', ['beta', 'gamma']));
    const onRecord: { readonly windows: readonly string[]; readonly decided: number; readonly told: string }[] = [];
    let told = '';
    const subscriber = hub.subscribe(BETA, {
      take: async (event) => {
        if (event.$case === 'windowOpened') told = event.value.windowId;
        if (event.$case !== 'delivery') return;
        const records = await hub.recorded();
        const windows = records.flatMap(({ entry }) => (entry.$case === 'windowOpen' ? [entry.value.windowId] : []));
        onRecord.push({ windows, decided: records.filter(({ entry }) => entry.$case === 'decision' && entry.value.allowed).length, told });
      },
    });
    await nextMark(hub, subscriber);
    await publishSome(hub, 2, ['arrivals']);
    await vi.waitFor(() => expect(onRecord).toHaveLength(2));
    for (const { windows, decided, told: window } of onRecord) {
      expect(windows).toContain(window);
      expect(decided).toBeGreaterThan(0);
    }
  });

  it('closes with the RFC 6962 root over what was really sent, and says where that stands', async () => {
    const hub = await started();
    const subscriber = hub.subscribe(BETA);
    await nextMark(hub, subscriber);
    await publishSome(hub, 5);
    await vi.waitFor(() => expect(subscriber.seen()).toHaveLength(5));
    await vi.waitFor(() => {
      hub.clock.advance(500);
      expect(subscriber.events.some(({ $case }) => $case === 'windowClosed')).toBe(true);
    });
    await publishSome(hub, 2);
    await vi.waitFor(() => expect(subscriber.seen()).toHaveLength(7));
    await subscriber.stop();
    const closings = (await hub.recorded()).flatMap(({ entry, partition, offset }) => (entry.$case === 'windowClose' ? [{ ...entry.value, partition, offset }] : []));
    // What was told to the subscriber, and the last one that it had left before.
    expect(closings.map(({ size }) => Number(size)).toSorted((a, b) => a - b)).toEqual([2, 5]);
    const sent = [subscriber.deliveries.slice(0, 5), subscriber.deliveries.slice(5)].map((deliveries) => {
      const tree = new WindowTree();
      for (const { salt, bytes } of deliveries) tree.add(deliveryLeaf(salt, bytes));
      return Buffer.from(tree.head().root).toString('hex');
    });
    expect(closings.map(({ root }) => root.toString('hex')).toSorted()).toEqual(sent.toSorted());
    const closed = subscriber.events.find(({ $case }) => $case === 'windowClosed');
    const stands = closings.find(({ size }) => size === 5n);
    expect(closed?.$case === 'windowClosed' && closed.value).toMatchObject({ size: 5n, position: { partition: stands?.partition, offset: BigInt(stands?.offset ?? -1) } });
  });

  it('reaches over a record of which a part was sent when the reader left', async () => {
    const hub = await started();
    const subscriber = hub.subscribe(BETA, { take: (event) => (event.$case === 'delivery' ? Promise.reject(new Error('gone')) : undefined) });
    await nextMark(hub, subscriber);
    await publishSome(hub, 1, ['arrivals']);
    await expect(subscriber.done).rejects.toThrow('gone');
    const closing = (await hub.recorded()).find(({ entry }) => entry.$case === 'windowClose')?.entry;
    expect(closing?.$case === 'windowClose' && closing.value.size).toBe(1n);
    expect(closing?.$case === 'windowClose' && closing.value.to.reduce((sum, { offset }) => sum + Number(offset), 0)).toBe(1);
  });

  it('is decided once for a class, recipient, purpose and revision, however many of its actors read', async () => {
    const hub = await started();
    const readers = [hub.subscribe(BETA), hub.subscribe(person('beta', 'staff-2')), hub.subscribe(BETA, { filter: { areas: ['ITA'] } })];
    for (const reader of readers) await nextMark(hub, reader);
    await publishSome(hub, 6, ['arrivals']);
    for (const reader of readers) await vi.waitFor(() => expect(reader.seen()).toHaveLength(6));
    const decisions = async (): Promise<readonly string[]> =>
      (await hub.recorded()).flatMap(({ entry }) => (entry.$case === 'decision' ? [`${entry.value.recipient} ${entry.value.revision?.registry}/${entry.value.revision?.consents} ${entry.value.allowed}`] : []));
    expect(await decisions()).toHaveLength(1);
    await hub.know(agency('somebody'));
    await publishSome(hub, 2, ['arrivals']);
    for (const reader of readers) await vi.waitFor(() => expect(reader.seen()).toHaveLength(8));
    expect(new Set(await decisions()).size).toBe(2);
    expect(await decisions()).toHaveLength(2);
  });
});

describe('several classes in one message', () => {
  it('go out under their own decisions', async () => {
    const hub = await open();
    await hub.know(...sharing('alpha', ['beta'], { areas: ['ITA'] }));
    const [inside, outside] = [movement(), movement({ place: { country: 'GRC', adminCode: '', route: '', point: undefined } })];
    const subscriber = hub.subscribe(BETA);
    await nextMark(hub, subscriber);
    await hub.publish(request('alpha', [outside, inside]));
    await publishSome(hub, 1, ['arrivals']);
    await vi.waitFor(() => expect(subscriber.seen()).toHaveLength(2));
    expect(subscriber.seen()[0]).toBe(`${inside.updateId}@1`);
  });
});
