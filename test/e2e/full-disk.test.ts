import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Corridor } from '@corridor/client';
import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { RecordEvent } from '@corridor/contracts/hub/v1/record';
import { CorridorError, newUuid } from '@corridor/kernel';
import { openSqliteStore } from '@corridor/outbox/sqlite';
import { readEnvelope, TOPICS } from '@corridor/runtime';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { assemble, BOOTSTRAP_SECRET, enter, grant, message, report } from './company.ts';
import type { ChildNode } from '@corridor/standalone/child-node';
import { freePort, startNode } from './node-process.ts';

const MEGABYTE = 1_000_000;
/** More than the write-ahead log takes of what the filler leaves. */
const RESERVE_MB = 24;
const FILLER_MB = 28;
/** What the other programs leave in the end: enough to read, too little to make the reserve again. */
const LEFT_MB = 20;
const TEST_MS = 120_000;
const SOON = { timeout: 20_000, interval: 200 };
const purpose = Purpose.PURPOSE_PLANNING;

let root: string;
let disk: string;
let node: ChildNode | undefined;
const corridors: Corridor[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'full-disk-'));
  disk = join(root, 'disk');
  mkdirSync(disk);
});
afterEach(async () => {
  for (const corridor of corridors.splice(0)) corridor.close();
  await node?.stop('SIGKILL');
  node = undefined;
  rmSync(root, { recursive: true });
});

/** Mounts a file system of 64 MB in memory; that takes root and a machine that allows it. */
function mountSmallDisk(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const reasonOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: unknown) => CorridorError.from(error).reason,
  );
const idsIn = (updates: readonly { readonly name: string }[]): readonly string[] => updates.map(({ name }) => name.split('/').at(-1) ?? '');
const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
const reserveBytes = (folder: string): number => sizeOf(join(folder, 'reserve'));

/** The disk's other programs take all but so many megabytes. */
function occupy(filler: string, leave: number): void {
  const { bavail, bsize } = statfsSync(disk);
  appendFileSync(filler, new Uint8Array(Math.max(0, bavail * bsize - leave * MEGABYTE)));
}

/** Publishes until that is refused; the name of each update that was acknowledged, by its id. */
async function fill(alpha: Corridor): Promise<ReadonlyMap<string, string>> {
  const acknowledged = new Map<string, string>();
  for (let i = 0; i < 2000; i += 1) {
    const request = message(`series-${i % 3}`, Array.from({ length: 100 }, () => report(newUuid(), 0, 200)));
    const reason = await reasonOf(alpha.hub.publish(request));
    if (reason !== 'none') {
      expect(reason).toBe('STORAGE_FULL');
      return acknowledged;
    }
    for (const { updateId } of request.updates) acknowledged.set(updateId, `${request.series}/updates/${updateId}`);
  }
  return expect.fail('the disk is never full');
}

async function listed(beta: Corridor): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let pageToken = '', more = true; more; more = pageToken !== '') {
    const page = await beta.hub.listUpdates({ purpose, filter: undefined, pageSize: 1000, pageToken });
    ids.push(...page.batches.flatMap(({ batch }) => idsIn(batch?.updates ?? [])));
    pageToken = page.nextPageToken;
  }
  return ids.toSorted();
}

/** What a new subscription brings from the beginning, once it is as much as is awaited. */
async function delivered(beta: Corridor, awaited: number): Promise<readonly string[]> {
  const ids: string[] = [];
  const enough = new AbortController();
  for await (const { batch } of beta.subscribe({ purpose, from: 'beginning', signal: AbortSignal.any([enough.signal, AbortSignal.timeout(SOON.timeout)]) })) {
    ids.push(...idsIn(batch.updates));
    if (ids.length >= awaited) enough.abort();
  }
  return ids.toSorted();
}

/** How many entries of each kind are on record in a stopped node's folder. */
async function recorded(folder: string): Promise<ReadonlyMap<string, number>> {
  const store = await openSqliteStore({ file: join(folder, 'corridor.db'), topics: Object.values(TOPICS) });
  const counts = new Map<string, number>();
  for (let partition = 0; partition < TOPICS.record.partitions; partition += 1) {
    for (const record of await store.log.read(TOPICS.record.name, { partition, offset: 0 }, 100_000)) {
      const { body } = readEnvelope(record);
      const kind = RecordEvent.decode(body.$case === 'payload' ? body.value : Buffer.alloc(0)).entry?.$case ?? '';
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
  }
  await store.close();
  return counts;
}

it('on a full disk publishing stops, reading and revoking go on and are on record; with space publishing goes on', async (context) => {
  if (!mountSmallDisk()) return context.skip('no file system can be mounted here');
  try {
    const counts = await onSmallDisk(join(disk, 'data'), join(disk, 'filler'));
    // Twice 20 reads of one, and at least as many lists as were compared.
    expect(counts.get('read')).toBeGreaterThanOrEqual(43);
    expect(counts.get('windowOpen')).toBeGreaterThanOrEqual(2);
  } finally {
    await node?.stop('SIGKILL');
    node = undefined;
    execFileSync('umount', [disk]);
  }
}, TEST_MS);

/** The life of a node on a disk that fills and empties again; what is on record after it. */
async function onSmallDisk(folder: string, filler: string): Promise<ReadonlyMap<string, number>> {
  const [port, httpPort] = [await freePort(), await freePort()];
  const env = { CORRIDOR_BOOTSTRAP_SECRET: BOOTSTRAP_SECRET, CORRIDOR_RESERVE_MB: String(RESERVE_MB), CORRIDOR_HTTP: `127.0.0.1:${httpPort}` };
  const readiness = async (): Promise<unknown> => (await fetch(`http://127.0.0.1:${httpPort}/readyz`)).json();
  node = await startNode(folder, port, env);
  await vi.waitFor(() => expect(reserveBytes(folder)).toBe(RESERVE_MB * MEGABYTE), SOON);
  const address = `127.0.0.1:${port}`;
  await assemble(address);
  appendFileSync(filler, new Uint8Array(FILLER_MB * MEGABYTE));
  const [alpha, beta] = [enter(address, 'alpha'), enter(address, 'beta')];
  corridors.push(alpha, beta);

  const acknowledged = new Map<string, string>();
  let all: readonly string[] = [];
  do {
    for (const [id, name] of await fill(alpha)) acknowledged.set(id, name);
    // What the node gives back by tidying up, once it has archived all, would let it publish some more.
    all = [...acknowledged.keys()].toSorted();
    await vi.waitFor(async () => expect(await listed(beta)).toEqual(all), SOON);
    await vi.waitFor(() => expect(reserveBytes(folder) > 0 || sizeOf(join(folder, 'corridor.db-wal')) < MEGABYTE).toBe(true), SOON);
    occupy(filler, LEFT_MB);
  } while (reserveBytes(folder) > 0);
  const [name = ''] = acknowledged.values();
  expect(all.length).toBeGreaterThan(500);

  const readsAndNothingElse = async (): Promise<void> => {
    expect(await readiness()).toMatchObject({ status: 'not ready', reasons: expect.arrayContaining([expect.stringMatching(/^reserve: .*nothing is published/)]) });
    await vi.waitFor(async () => expect(await listed(beta)).toEqual(all), SOON);
    for (let i = 0; i < 20; i += 1) expect(await reasonOf(beta.hub.getUpdate({ name, purpose }))).toBe('none');
    expect(await delivered(beta, all.length)).toEqual(all);
    // There is space for this one, and it is kept for reading.
    expect(await reasonOf(alpha.hub.publish(message('series-0', [report(newUuid(), 0, 200)])))).toBe('STORAGE_FULL');
    expect(reserveBytes(folder)).toBe(0);
  };
  await readsAndNothingElse();
  await node.stop('SIGKILL');
  node = await startNode(folder, port, env);
  await vi.waitFor(readsAndNothingElse, SOON);

  await alpha.hub.revokeConsent({ name: 'agencies/alpha/consents/to-beta', expectedVersion: 0n });
  expect(await reasonOf(beta.hub.getUpdate({ name, purpose }))).toBe('NOT_FOUND');

  rmSync(filler);
  const update = report(newUuid(), 0, 200);
  await vi.waitFor(async () => expect(await reasonOf(alpha.hub.publish(message('series-0', [update])))).toBe('none'), SOON);
  expect(reserveBytes(folder)).toBe(RESERVE_MB * MEGABYTE);
  await grant(alpha, 'again-to-beta', 'agencies/beta');
  await vi.waitFor(async () => expect(await listed(beta)).toEqual([...all, update.updateId].toSorted()), SOON);
  await vi.waitFor(async () => expect(await readiness()).toEqual({ status: 'ready' }), SOON);
  await node.stop('SIGTERM');
  node = undefined;
  return recorded(folder);
}
