import type { Documents, DocumentStore } from '@corridor/documents';
import { openSqliteDocuments } from '@corridor/documents/sqlite';
import { CorridorError, ManualClock } from '@corridor/kernel';
import { leafHash, rootOfLeaves, verifyConsistency, type Checkpoint } from '@corridor/merkle';
import { TOPICS } from '@corridor/runtime';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endOf, NOTHING, through, type Place } from './domain/batch.ts';
import { NEVER_MS, operator, reasonOf, TestNode, type TestAudit } from './node.testing.ts';
import { Batches } from './projections/batches.ts';

let node: TestNode;
beforeEach(async () => {
  node = new TestNode();
  await node.open();
});
afterEach(() => node.remove());

const AUDITED = [TOPICS.registry.name, TOPICS.consents.name, TOPICS.updates.name, TOPICS.record.name];

/** Which record each leaf is of, in the order of the leaves, read from the batches alone; fails where they do not meet. */
async function leaves(): Promise<readonly Place[]> {
  const batches = await Batches.open(await openSqliteDocuments(node.store.database), 1);
  const places: Place[] = [];
  for (let reached = NOTHING; ; ) {
    const batch = await batches.at(reached.size);
    if (batch === undefined) return places;
    for (const { topic, partition, from, count } of batch.runs) {
      for (let offset = from; offset < from + count; offset += 1) places.push({ topic, partition, offset });
    }
    reached = through(batch);
    for (const { topic, partition, offset } of places) expect(offset).toBeLessThan(endOf(reached.ends, topic, partition));
  }
}

/** The root of the tree whose leaves are the stored envelopes of these records. */
async function rootOver(places: readonly Place[]): Promise<Uint8Array> {
  const hashes: Uint8Array[] = [];
  for (const { topic, partition, offset } of places) {
    const [record] = await node.store.log.read(topic, { partition, offset }, 1);
    if (record === undefined) throw new Error(`no record ${topic} ${partition}:${offset}`);
    hashes.push(leafHash(record.envelope));
  }
  return rootOfLeaves(Buffer.concat(hashes));
}

const named = ({ topic, partition, offset }: Place): string => `${topic} ${partition}:${offset}`;

/** Every record of the audited topics. */
async function allRecords(): Promise<readonly string[]> {
  const names: string[] = [];
  for (const topic of AUDITED) {
    for (const [partition, end] of (await node.store.log.end(topic)).entries()) {
      for (let offset = 0; offset < end; offset += 1) names.push(named({ topic, partition, offset }));
    }
  }
  return names;
}

async function expectOneLog(newest: Checkpoint): Promise<void> {
  const places = await leaves();
  expect(newest.size).toBe(places.length);
  expect(places.map(named).toSorted()).toEqual((await allRecords()).toSorted());
  const seen = new Map<string, number>();
  for (const { topic, partition, offset } of places) {
    expect(offset).toBe(seen.get(`${topic}/${partition}`) ?? 0);
    seen.set(`${topic}/${partition}`, offset + 1);
  }
  expect(Buffer.from(newest.root).toString('hex')).toBe(Buffer.from(await rootOver(places)).toString('hex'));
}

async function expectConsistent(audit: TestAudit, checkpoints: readonly Checkpoint[]): Promise<void> {
  for (const [i, earlier] of checkpoints.entries()) {
    for (const later of checkpoints.slice(i)) {
      if (earlier.size === 0) continue;
      const { path } = await audit.call('getConsistencyProof', operator, { firstSize: BigInt(earlier.size), secondSize: BigInt(later.size) });
      expect(verifyConsistency({ size1: earlier.size, root1: earlier.root, size2: later.size, root2: later.root, path })).toBe(true);
    }
  }
}

const write = fc.record({
  topic: fc.constantFrom(...AUDITED, 'corridor.out.unhcr'),
  subjects: fc.array(fc.constantFrom('agencies/unhcr', 'unhcr', 'iom', 'unhcr/arrivals', 'iom/rescue'), { minLength: 1, maxLength: 40 }),
});

describe('the sequencer', () => {
  it('gives every record of every topic but the out topics one leaf, in order per partition, whatever was written when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(write, { maxLength: 6 }), { minLength: 1, maxLength: 4 }), async (steps) => {
        const fresh = new TestNode();
        await fresh.open();
        const outer = node;
        node = fresh;
        try {
          const audit = await fresh.start();
          const checkpoints: Checkpoint[] = [];
          for (const writes of steps) {
            await Promise.all(writes.map(({ topic, subjects }) => fresh.append(topic, ...subjects)));
            await audit.sequenced((await allRecords()).length);
            checkpoints.push(await audit.checkpoint());
          }
          await expectOneLog(await audit.checkpoint());
          await expectConsistent(audit, checkpoints);
          expect(await audit.findings()).toEqual([]);
        } finally {
          node = outer;
          await fresh.remove();
        }
      }),
      { numRuns: 8 },
    );
  });

  it('goes on after a restart where it stood, with the same root', async () => {
    const first = await node.start();
    await node.append(TOPICS.updates.name, ...subjects(700));
    await first.sequenced(700);
    const before = await first.checkpoint();
    await node.close();
    await node.open();
    await node.append(TOPICS.record.name, ...subjects(300));
    const second = await node.start();
    await second.sequenced(1000);
    await expectOneLog(await second.checkpoint());
    await expectConsistent(second, [before, await second.checkpoint()]);
  });

  it('finishes after a crash between batch and tiles what the crash left out', async () => {
    const failing = await node.start({ over: (documents) => withWrites(documents, 'audit.1.tiles', failingAfter(0)) });
    await node.append(TOPICS.updates.name, ...subjects(1500));
    await failing.until('the failure', async () => failing.service.unwell() !== undefined);
    await failing.service.stop();
    expect(failing.service.unwell()).toContain('UNAVAILABLE');
    const after = await node.start();
    await after.sequenced(1500);
    await expectOneLog(await after.checkpoint());
    expect(await after.findings()).toEqual([]);
  });

  it('signs after a crash between batch and checkpoint what was not signed', async () => {
    const failing = await node.start({ checkpointMs: NEVER_MS, over: (documents) => withWrites(documents, 'audit.1.checkpoints', failingAfter(2)) });
    await node.append(TOPICS.registry.name, ...subjects(10));
    await failing.until('the failure', async () => failing.service.unwell() !== undefined);
    await failing.service.stop();
    const after = await node.start();
    await after.sequenced(10);
    await expectOneLog(await after.checkpoint());
  });

  it('is unwell while records wait for their leaves too long', async () => {
    const clock = new ManualClock(0);
    const store = Promise.withResolvers<void>();
    const slow: GuardWrite = (write) => store.promise.then(write);
    const audit = await node.start({ clock, checkpointMs: 1000, over: (documents) => withWrites(documents, 'audit.1.batches', slow) });
    await node.append(TOPICS.registry.name, 'agencies/unhcr');
    const unwell = async (): Promise<string | undefined> => {
      clock.advance(1000);
      return audit.service.unwell();
    };
    await audit.until('the report', async () => (await unwell())?.includes('1 records have no leaf yet') ?? false);
    store.resolve();
    await audit.until('the leaf', async () => (await unwell()) === undefined);
    expect((await audit.checkpoint()).size).toBe(1);
  });

  it('makes one log in two replicas at once, and in a third that joins later', async () => {
    const replicas = [await node.start(), await node.start()];
    const seen: Checkpoint[] = [];
    for (let step = 0; step < 10; step += 1) {
      await Promise.all(AUDITED.map((topic) => node.append(topic, ...subjects(20))));
      if (step === 5) replicas.push(await node.start());
      for (const replica of replicas) seen.push(await replica.checkpoint());
    }
    for (const replica of replicas) await replica.published(800);
    const size = (await allRecords()).length;
    for (const replica of replicas) {
      await replica.sequenced(size);
      expect(replica.service.unwell()).toBeUndefined();
    }
    const [first] = replicas;
    if (first === undefined) throw new Error('no replica');
    await expectOneLog(await first.checkpoint());
    await expectConsistent(first, seen.toSorted((a, b) => a.size - b.size));
    expect(await first.findings()).toEqual([]);
  });

  it('stops when another replica has sequenced another record at the same position', async () => {
    const other = new TestNode(node.keys);
    await other.open();
    const documents = await openSqliteDocuments(node.store.database);
    const misled = await other.start({ over: () => documents });
    const first = await node.start();
    await node.append(TOPICS.registry.name, 'agencies/unhcr');
    await first.sequenced(1);
    await other.append(TOPICS.registry.name, 'agencies/iom');
    await misled.until('the stop', async () => misled.service.unwell()?.includes('LOG_FORKED') ?? false);
    expect(await reasonOf(misled.checkpoint())).toBe('LOG_FORKED');
    await node.append(TOPICS.registry.name, 'agencies/unhcr');
    await first.sequenced(2);
    await other.remove();
  });

  it('goes on behind records that expired before they had a leaf', async () => {
    await node.close();
    const clock = new ManualClock(Date.UTC(2026, 10, 21));
    await node.open(clock);
    const first = await node.start({ clock });
    await node.append(TOPICS.updates.name, ...subjects(50));
    await first.sequenced(50);
    await first.service.stop();
    await node.append(TOPICS.updates.name, ...subjects(50));
    clock.advance(36 * 86_400_000);
    expect(await node.store.log.expire()).toBe(100);
    await node.append(TOPICS.updates.name, ...subjects(30));
    const audit = await node.start({ clock });
    await audit.sequenced(80);
    expect((await audit.checkpoint()).size).toBe(80);
    expect(await audit.findings()).toEqual([]);
  });

  it('does not start over a log that lost records which have leaves', async () => {
    const first = await node.start();
    await node.append(TOPICS.record.name, ...subjects(5));
    await first.sequenced(5);
    const emptied = new TestNode(node.keys);
    await emptied.open();
    const audit = await emptied.build({ over: () => node.store.documents });
    expect(await reasonOf(audit.service.start())).toBe('LOG_INCOMPLETE');
    expect(audit.service.unwell()).toContain('LOG_INCOMPLETE');
    expect(await reasonOf(audit.checkpoint())).toBe('LOG_INCOMPLETE');
    await emptied.remove();
  });

  it('does not start when what is signed is not what is stored', async () => {
    const first = await node.start();
    await node.append(TOPICS.record.name, ...subjects(5));
    await first.sequenced(5);
    await first.service.stop();
    const others = await node.build({ origin: 'corridor.test/node-2' });
    expect(await reasonOf(others.service.start())).toBe('LOG_FORKED');
    const emptied = await node.build({ over: (documents) => withFresh(documents, 'audit.1.batches') });
    expect(await reasonOf(emptied.service.start())).toBe('LOG_FORKED');
  });
});

const subjects = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `agency-${i % 13}/series-${i % 5}`);

type GuardWrite = <R>(write: () => Promise<R>) => Promise<R>;

/** A store that can be reached for so many writes. */
function failingAfter(allowed: number): GuardWrite {
  let left = allowed;
  return (write) => {
    if (left === 0) return Promise.reject(new CorridorError('UNAVAILABLE', 'the store is out of reach'));
    left -= 1;
    return write();
  };
}

/** Documents of which one collection writes as `guard` lets it. */
const withWrites = (documents: DocumentStore, name: string, guard: GuardWrite): DocumentStore => ({
  collection: async (spec) => {
    const collection = await documents.collection(spec);
    return spec.name === name ? guarded(collection, guard) : collection;
  },
  close: () => documents.close(),
});

const guarded = <T>(collection: Documents<T>, guard: GuardWrite): Documents<T> => ({
  get: (id) => collection.get(id),
  getAll: (ids) => collection.getAll(ids),
  page: (...query) => collection.page(...query),
  present: (...query) => collection.present(...query),
  pending: (limit) => collection.pending(limit),
  published: (...range) => collection.published(...range),
  create: (...of) => guard(() => collection.create(...of)),
  commit: (...of) => guard(() => collection.commit(...of)),
  putAll: (writes) => guard(() => collection.putAll(writes)),
});

/** Documents of which one collection has lost all it held. */
const withFresh = (documents: DocumentStore, name: string): DocumentStore => ({
  collection: (spec) => documents.collection(spec.name === name ? { ...spec, name: `${name}.fresh` } : spec),
  close: () => documents.close(),
});
