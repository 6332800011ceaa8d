import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Corridor } from '@corridor/client';
import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { CorridorError, newUuid, systemClock } from '@corridor/kernel';
import { openSqliteStore } from '@corridor/outbox/sqlite';
import { TOPICS } from '@corridor/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assemble, BOOTSTRAP_SECRET, enter, grant, message, report } from './company.ts';
import type { ChildNode } from '@corridor/standalone/child-node';
import { SeenCheckpoints } from './checkpoints.ts';
import { freePort, startNode } from './node-process.ts';
import { persistently } from './persistently.ts';
import { randomFrom } from './random.ts';
import { Received } from './received.ts';

const KILLS = 20;
const PUBLISHERS = 3;
/** Shared by the publishers, and one of its own for each. */
const SHARED_SERIES = ['shared-1', 'shared-2'];
const planning = Purpose.PURPOSE_PLANNING;

const seed = Number(process.env['CORRIDOR_SEED'] ?? randomInt(2 ** 31));
console.log(`durability: seed ${seed}; CORRIDOR_SEED=${seed} npm run test:durability repeats its choices`);

const random = randomFrom(seed);
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] ?? expect.fail('nothing to pick from');

let folder: string;
let address: string;
let port: number;
let node: ChildNode | undefined;
const env = { CORRIDOR_BOOTSTRAP_SECRET: BOOTSTRAP_SECRET, CORRIDOR_CHECKPOINT_MS: '200', CORRIDOR_LOG_ORIGIN: 'test.local/durability' };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'durability-'));
  port = await freePort();
  address = `127.0.0.1:${port}`;
});
afterEach(async () => {
  await node?.stop('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Versions of reports by name, as they were acknowledged. */
class Acknowledged {
  /** Update id -> series and newest acknowledged version. */
  readonly reports = new Map<string, { readonly series: string; version: number }>();
  count = 0;
}

/** Publishes new reports and corrections of its own until it is told to stop. */
async function publish(corridor: Corridor, name: string, stop: AbortSignal, acknowledged: Acknowledged): Promise<void> {
  const publisher = corridor.publisher({ maxInFlight: 64 });
  const series = [...SHARED_SERIES, name];
  const correctable: string[] = [];
  const settled: Promise<void>[] = [];
  while (!stop.aborted) {
    await publisher.ready();
    const of = pick(series);
    const old = random() < 0.2 ? correctable.findIndex((id) => acknowledged.reports.get(id)?.series === of) : -1;
    const updates = Array.from({ length: 1 + Math.floor(random() * 3) }, () => report(newUuid(), 0, 100 + Math.floor(random() * 900)));
    const [corrected] = old < 0 ? [] : correctable.splice(old, 1);
    const before = corrected === undefined ? 0 : (acknowledged.reports.get(corrected)?.version ?? 0);
    if (corrected !== undefined) updates.push(report(corrected, before, 100 + Math.floor(random() * 900)));
    settled.push(
      publisher.publish(message(of, updates)).then((ack) => {
        // A message that was sent twice is a repeat, never a loss.
        for (const { error } of ack.exceptions) expect(error).toBeUndefined();
        for (const { updateId, replacesVersion } of updates) {
          acknowledged.reports.set(updateId, { series: of, version: replacesVersion + 1 });
          acknowledged.count += 1;
          correctable.push(updateId);
        }
      }),
    );
    await systemClock.wait(1 + Math.floor(random() * 4));
  }
  await Promise.all(settled);
  await publisher.close();
}

/** A subscriber: what it has received, and how far it came. */
interface Watched {
  readonly received: Received;
  cursor: Uint8Array | undefined;
}

const newWatched = (): Watched => ({ received: new Received(), cursor: undefined });

/** Takes deliveries from the cursor on, or else from the beginning, until the signal aborts. */
async function watch(corridor: Corridor, watched: Watched, signal: AbortSignal): Promise<void> {
  const start = watched.cursor === undefined ? { from: 'beginning' as const } : { cursor: watched.cursor };
  const subscription = corridor.subscribe({ purpose: planning, signal, ...start });
  for await (const delivery of subscription) {
    watched.cursor = subscription.cursor;
    watched.received.take(delivery, subscription.cursor);
  }
}

describe('a node that is killed again and again', () => {
  it('loses nothing that it acknowledged, repeats nothing, and goes back nowhere', async () => {
    node = await startNode(folder, port, env);
    await assemble(address);
    const stop = new AbortController();
    const acknowledged = new Acknowledged();
    const clients = Array.from({ length: PUBLISHERS }, () => enter(address, 'alpha'));
    const [beta, gamma, owner, auditor] = [enter(address, 'beta'), enter(address, 'gamma'), enter(address, 'alpha'), enter(address, 'beta')];
    const publishing = clients.map((client, i) => publish(client, `own-${i}`, stop.signal, acknowledged));

    // One subscriber goes on by itself, one stops at every kill and goes on from its cursor; one is refused.
    const [through, resumed, refused] = [newWatched(), newWatched(), newWatched()];
    const left = new AbortController();
    const watching = [watch(beta, through, left.signal), watch(gamma, refused, left.signal)];

    const committed: string[] = [];
    const administering = (async () => {
      for (let i = 0; !stop.signal.aborted; i += 1) {
        await persistently(() => grant(owner, `grant-${i}`, 'agencies/gamma'));
        committed.push(`agencies/alpha/consents/grant-${i}`);
        await persistently(() => owner.registry.createGroup({ groupId: `group-${i}`, displayName: `Group ${i}` }).catch(unlessThere));
        committed.push(`groups/group-${i}`);
        await systemClock.wait(200);
      }
    })();

    const checkpoints = new SeenCheckpoints(auditor);
    const auditing = checkpoints.watch(stop.signal);

    for (let kill = 0; kill < KILLS; kill += 1) {
      const round = new AbortController();
      const watcher = watch(beta, resumed, AbortSignal.any([round.signal, stop.signal]));
      // In every other round it is killed while it certainly serves; in the others perhaps before anybody has found it again.
      const before = acknowledged.count;
      if (kill % 2 === 0) await until(() => acknowledged.count > before);
      await systemClock.wait(100 + Math.floor(random() * 1400));
      await node.stop('SIGKILL');
      round.abort();
      await watcher;
      node = await startNode(folder, port, env);
    }
    await systemClock.wait(500);
    stop.abort();
    await Promise.all([...publishing, administering, auditing]);
    // Who reads all the time, across every kill, misses nothing.
    const awaited = [...acknowledged.reports].map(([id, { series, version }]) => `agencies/alpha/series/${series}/updates/${id}@${version}`);
    await until(() => awaited.every((key) => through.received.has(key)));
    left.abort();
    await Promise.all(watching);
    expect(acknowledged.count).toBeGreaterThan(500);
    console.log(`durability: ${acknowledged.count} versions acknowledged, ${committed.length} changes committed, ${checkpoints.count} checkpoints seen`);

    // Every acknowledged report once, in a version not older than the acknowledged one.
    const listed = new Map<string, number[]>();
    for (let pageToken = '', more = true; more; more = pageToken !== '') {
      const page = await owner.hub.listUpdates({ purpose: planning, filter: undefined, pageSize: 1000, pageToken });
      for (const { name, version } of page.batches.flatMap(({ batch }) => batch?.updates ?? [])) {
        const id = name.split('/').at(-1) ?? '';
        listed.set(id, [...(listed.get(id) ?? []), version]);
      }
      pageToken = page.nextPageToken;
    }
    const notOnce = [...acknowledged.reports].filter(([id, { version }]) => (listed.get(id) ?? []).length !== 1 || (listed.get(id)?.[0] ?? 0) < version);
    expect(notOnce).toEqual([]);

    // From the beginning, in one stream: every version once.
    const all = await deliveredFromBeginning(beta, awaited);
    expect([...all].filter(([, times]) => times !== 1)).toEqual([]);
    // None of what lay before a mark came again behind it.
    expect(resumed.received.goneBack).toEqual([]);
    expect(through.received.goneBack).toEqual([]);
    expect(resumed.received.times.size).toBeGreaterThan(acknowledged.count / 4);
    expect([...refused.received.times.keys()]).toEqual([]);
    // Nobody was shown what is not there.
    expect([...resumed.received.times.keys(), ...through.received.times.keys()].filter((key) => !all.has(key))).toEqual([]);

    // The audit log extends every checkpoint that anybody has seen.
    expect(checkpoints.count).toBeGreaterThan(KILLS / 2);
    expect(await checkpoints.faults()).toEqual([]);

    for (const client of [...clients, beta, gamma, owner, auditor]) client.close();
    expect(node.failures()).toEqual([]);
    await node.stop('SIGTERM');
    node = undefined;
    await everyCommittedEventIsPublished(committed);
  });
});

/** Waits until a condition holds, for at most half a minute. */
async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !holds() && Date.now() < end; ) await systemClock.wait(50);
  expect(holds()).toBe(true);
}

const unlessThere = (error: unknown): void => {
  if (CorridorError.from(error).reason !== 'ALREADY_EXISTS') throw error;
};

/** How often each version of each report comes in one stream from the beginning, once all of `awaited` have come. */
async function deliveredFromBeginning(corridor: Corridor, awaited: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  const missing = new Set(awaited);
  const done = AbortSignal.timeout(30_000);
  const enough = new AbortController();
  for await (const { batch } of corridor.subscribe({ purpose: planning, from: 'beginning', signal: AbortSignal.any([done, enough.signal]) })) {
    for (const { name, version } of batch.updates) {
      const key = `${name}@${version}`;
      times.set(key, (times.get(key) ?? 0) + 1);
      missing.delete(key);
    }
    if (missing.size === 0) enough.abort();
  }
  expect([...missing]).toEqual([]);
  return times;
}

/** In the stopped node's log, each committed subject has its event, and versions follow each other without a gap. */
async function everyCommittedEventIsPublished(committed: readonly string[]): Promise<void> {
  const store = await openSqliteStore({ file: join(folder, 'corridor.db'), topics: Object.values(TOPICS) });
  const subjects = new Set<string>();
  for (const topic of [TOPICS.registry.name, TOPICS.consents.name]) {
    for (const { key } of await store.log.read(topic, { partition: 0, offset: 0 }, 1_000_000)) subjects.add(key);
  }
  await store.close();
  expect(committed.filter((subject) => !subjects.has(subject))).toEqual([]);
}
