import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@corridor/kernel';
import { Database } from '@corridor/sqlite';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { DocumentStore } from './documents.ts';
import { Leases } from './leases.ts';
import { openSqliteDocuments } from './sqlite/sqlite-document-store.ts';

const LEASE = 1000;
let folder: string;
let clock: ManualClock;
let replicas: { readonly database: Database; readonly store: DocumentStore; readonly leases: Leases }[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'corridor-leases-'));
  clock = new ManualClock(1_000_000);
  replicas = [];
});

afterEach(async () => {
  for (const { store, database } of replicas) {
    await store.close();
    await database.close();
  }
  rmSync(folder, { recursive: true });
});

/** A replica after the one before has gone: what it left stands in the file. */
async function replica(): Promise<Leases> {
  const before = replicas.pop();
  await before?.store.close();
  await before?.database.close();
  const database = await Database.open(join(folder, 'corridor.db'));
  const store = await openSqliteDocuments(database);
  const leases = await Leases.open(store, 'leases', clock);
  replicas.push({ database, store, leases });
  return leases;
}

it('is held by one replica until it runs out, and prolonged by its holder', async () => {
  const first = await replica();
  expect(await first.hold('sweep', LEASE)).toBe(true);
  clock.advance(LEASE - 1);
  expect(await first.hold('sweep', LEASE)).toBe(true);
  const second = await replica();
  clock.advance(LEASE - 1);
  expect(await second.hold('sweep', LEASE)).toBe(false);
  clock.advance(1);
  expect(await second.hold('sweep', LEASE)).toBe(true);
});

it('is given up by its holder alone, and then anybody may have it at once', async () => {
  const first = await replica();
  expect(await first.hold('sweep', LEASE)).toBe(true);
  const second = await replica();
  await second.release('sweep');
  expect(await second.hold('sweep', LEASE)).toBe(false);
  clock.advance(LEASE);
  expect(await second.hold('sweep', LEASE)).toBe(true);
  await second.release('sweep');
  await second.release('never held');
  expect(await (await replica()).hold('sweep', LEASE)).toBe(true);
});

it('counts for its own job only', async () => {
  expect(await (await replica()).hold('sweep', LEASE)).toBe(true);
  expect(await (await replica()).hold('remind', LEASE)).toBe(true);
});

it('is prolonged for as long as something takes that is done under it', async () => {
  const waited = new WaitedClock(1_000_000);
  clock = waited;
  const first = await replica();
  const working = Promise.withResolvers<void>();
  const doing = first.during('sweep', LEASE, () => working.promise);
  for (let times = 1; times <= 10; times += 1) {
    await vi.waitFor(() => expect(waited.waits).toBe(times));
    waited.advance(LEASE / 3);
  }
  await vi.waitFor(() => expect(waited.waits).toBe(11));
  expect(await (await replica()).during('sweep', LEASE, () => Promise.reject(new Error('is done by another')))).toBe(false);
  working.resolve();
  expect(await doing).toBe(true);
});

it('is given up behind what is done under it, also when that fails', async () => {
  const first = await replica();
  expect(await first.during('sweep', LEASE, () => Promise.resolve())).toBe(true);
  await expect(first.during('remind', LEASE, () => Promise.reject(new Error('did not work')))).rejects.toThrow('did not work');
  const second = await replica();
  expect(await second.hold('sweep', LEASE)).toBe(true);
  expect(await second.hold('remind', LEASE)).toBe(true);
});

/** A clock that counts how often somebody waited on it. */
class WaitedClock extends ManualClock {
  waits = 0;

  override wait(ms: number, signal?: AbortSignal): Promise<void> {
    this.waits += 1;
    return super.wait(ms, signal);
  }
}
