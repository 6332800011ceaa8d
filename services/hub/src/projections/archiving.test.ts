import { join } from 'node:path';
import { type CollectionSpec, type Documents, type DocumentStore, Leases } from '@corridor/documents';
import { type Clock, systemClock } from '@corridor/kernel';
import { openSqliteStore } from '@corridor/outbox/sqlite';
import { TOPICS } from '@corridor/runtime';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { movement, openHub, request, sharing, temporaryFolder, WatchedClock, START, type TestHub } from '../hub.testing.ts';
import { Archive } from './archive.ts';
import { UpdateLog } from './update-log.ts';

const MESSAGES = 30;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let hub: TestHub;
/** What the replicas share. */
let store: DocumentStore;
let archive: Archive;
/** How many records were written to the archive. */
let written: number;
const ends: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = await temporaryFolder();
  written = 0;
  // The hub that publishes has documents of its own: the archive is that of the replicas of the test.
  const apart = await openSqliteStore({ file: join(folder.path, 'apart.db'), topics: [] });
  hub = await openHub(folder.path, { documents: () => apart.documents });
  ends.push(() => hub.close(), () => apart.close());
  await hub.know(...sharing('alpha', ['beta']));
  await publish();
  store = counting(hub.store.documents);
  archive = await Archive.open(store, hub.keys.data);
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await folder.remove();
});

async function publish(): Promise<void> {
  for (let i = 0; i < MESSAGES; i += 1) await hub.publish(request('alpha', [movement()], { series: `agencies/alpha/series/s-${i % 5}` }));
}

/** A store that counts what is written to the archive, and that several replicas may open a collection of. */
function counting(of: DocumentStore): DocumentStore {
  const opened = new Map<string, unknown>();
  return {
    close: () => of.close(),
    collection: async <T>(spec: CollectionSpec<T>): Promise<Documents<T>> => {
      const documents = (opened.get(spec.name) as Documents<T> | undefined) ?? (await of.collection(spec));
      opened.set(spec.name, documents);
      if (spec.name !== 'hub-archive') return documents;
      return {
        get: (...args) => documents.get(...args),
        getAll: (...args) => documents.getAll(...args),
        create: (...args) => documents.create(...args),
        commit: (...args) => documents.commit(...args),
        putAll: (writes) => {
          written += writes.length;
          return documents.putAll(writes);
        },
        page: (...args) => documents.page(...args),
        present: (...args) => documents.present(...args),
        pending: (...args) => documents.pending(...args),
        published: (...args) => documents.published(...args),
      };
    },
  };
}

async function replica(clock: Clock): Promise<UpdateLog> {
  const updates = new UpdateLog(hub.log, archive, await Leases.open(store, 'hub-leases', clock), hub.keys.data, clock, () => {});
  await updates.start();
  ends.unshift(() => updates.stop());
  return updates;
}

/** Whether the archive has come to the end of the log. */
async function isArchived(): Promise<boolean> {
  const [position, end] = await Promise.all([archive.position(), hub.log.end(TOPICS.updates.name)]);
  return end.every((offset, partition) => (position?.offsets[partition] ?? 0) >= offset);
}

it('writes each record once, however many replicas fold it', async () => {
  const [first, second] = [await replica(systemClock), await replica(systemClock)];
  await vi.waitFor(async () => expect(await isArchived()).toBe(true), 5000);
  await publish();
  await vi.waitFor(async () => expect(await isArchived()).toBe(true), 5000);
  await Promise.all([first.stop(), second.stop()]);
  expect(written).toBe(2 * MESSAGES);
});

it('leaves writing to the replica that holds the job, does it when somebody waits, and when that one does nothing', async () => {
  const clock = new WatchedClock(START);
  const job = await Leases.open(store, 'hub-leases', clock);
  expect(await job.hold('archive', 60_000)).toBe(true);
  const updates = await replica(clock);
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      clock.advance(50);
    }
  };
  await pass(100);
  expect(written).toBe(0);
  await updates.archived();
  expect([written, await isArchived()]).toEqual([MESSAGES, true]);
  await publish();
  await updates.caughtUp();
  await pass(100);
  expect(written).toBe(MESSAGES);
  await vi.waitFor(async () => {
    await pass(100);
    expect(await isArchived()).toBe(true);
  }, 5000);
  expect(written).toBe(2 * MESSAGES);
});
