import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Documents, PendingEvent } from '@corridor/documents';
import type { EventLog } from '@corridor/eventlog';
import { CorridorError, fromUtf8, ManualClock, utf8 } from '@corridor/kernel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Relay, relay, type RelayOptions } from './relay.ts';
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts';

const TOPICS = [
  { name: 'a.v1', partitions: 4, retention: 'forever' },
  { name: 'b.v1', partitions: 1, retention: 'forever' },
] as const;
const DEADLINE = { timeout: 10_000, interval: 5 };

const event = (key: string, content: string, topic = 'a.v1'): PendingEvent => ({ topic, key, envelope: utf8(content), headers: { ce_id: content } });

describe('the relay', () => {
  let folder = '';
  let store: SqliteStore;
  let documents: Documents<string>;
  const running: Relay<string>[] = [];
  const open = async (): Promise<void> => {
    store = await openSqliteStore({ file: join(folder, 'corridor.db'), topics: TOPICS });
    documents = await store.documents.collection<string>({ name: 'things', encode: utf8, decode: fromUtf8, indexes: {} });
  };
  const start = (options: RelayOptions = {}, log: EventLog = store.log): Relay<string> => {
    const started = relay(documents, log, options);
    running.push(started);
    return started;
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'corridor-outbox-'));
    await open();
  });
  afterEach(async () => {
    for (const each of running.splice(0)) await each.stop();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const published = async (topic = 'a.v1'): Promise<readonly string[]> => {
    const begin = await store.log.begin(topic);
    const records = await Promise.all(begin.map((offset, partition) => store.log.read(topic, { partition, offset }, 10_000)));
    return records.flat().map(({ envelope }) => fromUtf8(envelope));
  };

  it('publishes the exact bytes, key and headers, then forgets the event', async () => {
    const { documents: through, drained } = start();
    await through.create('x', 'doc', [event('x', 'created'), event('x', 'elsewhere', 'b.v1')]);
    await through.commit('x', 1, 'doc', [event('x', 'changed')]);
    await drained();
    expect(await published()).toEqual(['created', 'changed']);
    expect(await published('b.v1')).toEqual(['elsewhere']);
    expect(await documents.pending(10)).toEqual([]);
    const [record] = await store.log.read('b.v1', { partition: 0, offset: 0 }, 1);
    expect(record).toMatchObject({ key: 'x', headers: { ce_id: 'elsewhere' } });
  });

  it('publishes what was left pending by a node that stopped', async () => {
    await documents.create('x', 'doc', [event('x', 'left')]);
    await store.close();
    await open();
    await start().drained();
    expect(await published()).toEqual(['left']);
  });

  it('is woken by a commit through it, without its clock moving', async () => {
    const { documents: through } = start({ clock: new ManualClock(0) });
    await through.create('x', 'doc', [event('x', '1')]);
    await vi.waitFor(async () => expect(await published()).toEqual(['1']), DEADLINE);
    await through.commit('x', 1, 'doc', [event('x', '2')]);
    await vi.waitFor(async () => expect(await published()).toEqual(['1', '2']), DEADLINE);
  });

  it('finds by polling what was committed past it', async () => {
    const clock = new ManualClock(0);
    const { drained } = start({ clock, pollEvery: 100 });
    await drained();
    await documents.create('x', 'doc', [event('x', 'past')]);
    await vi.waitFor(async () => {
      clock.advance(100);
      expect(await published()).toEqual(['past']);
    }, DEADLINE);
  });

  it('of which several run at once, keeps the first occurrences of each document in order and loses none', async () => {
    const relays = [start(), start(), start({ pollEvery: 1 })];
    await Promise.all(
      Array.from({ length: 20 }, async (_, d) => {
        const through = relays[d % 3]?.documents ?? documents;
        await through.create(`d${d}`, 'doc', [event(`d${d}`, `d${d} 1`)]);
        for (let version = 1; version < 15; version += 1) await through.commit(`d${d}`, version, 'doc', [event(`d${d}`, `d${d} ${version + 1}`)]);
      }),
    );
    await Promise.all(relays.map((each) => each.drained()));
    const firsts = new Map<string, number>();
    for (const content of await published()) {
      const [id = '', version = ''] = content.split(' ');
      const last = firsts.get(id) ?? 0;
      expect(Number(version)).toBeLessThanOrEqual(last + 1);
      firsts.set(id, Math.max(last, Number(version)));
    }
    expect(firsts.size).toBe(20);
    expect(new Set(firsts.values())).toEqual(new Set([15]));
    expect(await documents.pending(10)).toEqual([]);
  });

  it('says that an attempt failed, keeps the event and tries again, and says that it is over', async () => {
    let isDown = true;
    const log: EventLog = Object.create(store.log, {
      append: {
        value: (...args: Parameters<EventLog['append']>) =>
          isDown ? Promise.reject(new CorridorError('UNAVAILABLE', 'down')) : store.log.append(...args),
      },
    });
    const clock = new ManualClock(0);
    const failures: string[] = [];
    let recoveries = 0;
    const onRecovery = (): void => {
      recoveries += 1;
    };
    const { documents: through, drained } = start({ clock, pollEvery: 100, onFailure: ({ reason }) => failures.push(reason), onRecovery }, log);
    await through.create('x', 'doc', [event('x', '1')]);
    const publishedWhenDrained = drained().then(() => published());
    await vi.waitFor(() => expect(failures).toContain('UNAVAILABLE'), DEADLINE);
    expect(await published()).toEqual([]);
    expect(recoveries).toBe(0);
    isDown = false;
    await vi.waitFor(async () => {
      clock.advance(100);
      expect(await published()).toEqual(['1']);
    }, DEADLINE);
    expect(await publishedWhenDrained).toEqual(['1']);
    expect(recoveries).toBe(1);
  });

  it('publishes nothing more once it has stopped, and refuses to wait', async () => {
    const stopped = start();
    await stopped.documents.create('x', 'doc', [event('x', '1')]);
    await stopped.drained();
    await Promise.all([stopped.stop(), stopped.stop()]);
    await stopped.documents.commit('x', 1, 'doc', [event('x', '2')]);
    await expect(stopped.drained()).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    expect(await published()).toEqual(['1']);
  });
});
