import { randomUUID } from 'node:crypto';
import { utf8 } from '@corridor/kernel';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Consumer, EventLog, NewRecord, StoredRecord, TopicSpec } from './event-log.ts';

/** A log that several processes use at once. */
export interface SharedLog {
  readonly log: EventLog;
  /** Opens the same log once more, as another replica does; it is closed with the first. */
  another(): Promise<EventLog>;
  /** Runs a process that consumes the first topic as `group`, tells the key of each record it handled, and is killed after `count` of them. */
  killedConsumer(group: string, count: number): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

const DEADLINE = { timeout: 40_000, interval: 10 };

/** What holds where the replicas of a service share a group: the tests of the port's sentences on it. */
export function sharedGroupsContract(open: ((topics: readonly TopicSpec[]) => Promise<SharedLog>) | undefined): void {
  describe.runIf(open)('groups of several replicas', { timeout: 60_000 }, () => {
    let shared: SharedLog | undefined;
    afterEach(async () => {
      await shared?.dispose();
      shared = undefined;
    });
    async function opened(): Promise<SharedLog & { readonly topic: string }> {
      const topic: TopicSpec = { name: `test.${randomUUID()}`, partitions: 4, retention: 'forever' };
      const fixture = (shared = await (open?.([topic]) ?? expect.fail('no feature')));
      return { log: fixture.log, another: fixture.another, killedConsumer: fixture.killedConsumer, dispose: fixture.dispose, topic: topic.name };
    }

    it('deliver every record to one of them', async () => {
      const { log, another, topic } = await opened();
      const replicas = [log, await another()];
      const seen: string[][] = [[], []];
      const consumers = replicas.map((replica, i) => replica.consume(topic, 'g', async (records) => void seen[i]?.push(...records.map(key))));
      const appended = await appendUntil(log, topic, () => seen.every((keys) => keys.length > 0));
      await vi.waitFor(() => expect(seen.flat()).toHaveLength(appended.length), DEADLINE);
      await stopAll(consumers);
      expect(seen.flat().toSorted()).toEqual(appended.toSorted());
    });

    it('lose nothing, repeat nothing and keep the order while replicas come and go', async () => {
      const { log, another, topic } = await opened();
      const seen: StoredRecord[] = [];
      const consume = (replica: EventLog): Consumer => replica.consume(topic, 'g', async (records) => void seen.push(...records), { maxBatch: 5 });
      const second = await another();
      const first = consume(log);
      const arrivals: string[] = [];
      const appended = await appendUntil(log, topic, () => arrivals.length > 0, async () => {
        for (let round = 0; round < 3; round += 1) {
          const before = seen.length;
          await vi.waitFor(() => expect(seen.length).toBeGreaterThan(before + 50), DEADLINE);
          const its: string[] = [];
          const joined = second.consume(topic, 'g', async (records) => {
            its.push(...records.map(key));
            seen.push(...records);
          });
          await vi.waitFor(() => expect(its.length).toBeGreaterThan(20), DEADLINE);
          await joined.stop();
        }
        arrivals.push('done');
      });
      await vi.waitFor(() => expect(seen.length).toBeGreaterThanOrEqual(appended.length), DEADLINE);
      await first.stop();
      expect(seen.map(key).toSorted()).toEqual(appended.toSorted());
      for (const partition of [0, 1, 2, 3]) {
        const offsets = seen.filter((record) => record.partition === partition).map(({ offset }) => offset);
        expect(offsets).toEqual(offsets.map((_, i) => i));
      }
    });

    it('deliver what a killed replica had not finished to the others, from the kept position on', async () => {
      const { log, killedConsumer, topic } = await opened();
      const keys = Array.from({ length: 2000 }, (_, i) => `key-${i}`);
      for (let i = 0; i < keys.length; i += 500) await log.append(topic, keys.slice(i, i + 500).map(record));
      const handled = await killedConsumer('g', 300);
      const kept = await log.positions(topic, 'g');
      const seen: StoredRecord[] = [];
      const consumer = log.consume(topic, 'g', async (records) => void seen.push(...records));
      const total = keys.length - kept.reduce((sum, position) => sum + position, 0);
      await vi.waitFor(() => expect(seen.length).toBeGreaterThanOrEqual(total), DEADLINE);
      await consumer.stop();
      expect(new Set([...handled, ...seen.map(key)])).toEqual(new Set(keys));
      expect(seen).toHaveLength(total);
    });
  });
}

const key = (stored: StoredRecord): string => stored.key;
const record = (name: string): NewRecord => ({ key: name, envelope: utf8(name), headers: {} });

/** Appends one record after the other until it is enough, and until what runs beside it has ended. Resolves to their keys. */
async function appendUntil(log: EventLog, topic: string, isEnough: () => boolean, beside: () => Promise<void> = async () => undefined): Promise<readonly string[]> {
  const keys: string[] = [];
  let running = true;
  const ended = beside().finally(() => (running = false));
  while (running || !isEnough()) {
    const name = `key-${keys.length}`;
    await log.append(topic, [record(name)]);
    keys.push(name);
  }
  await ended;
  return keys;
}

const stopAll = async (consumers: readonly Consumer[]): Promise<void> => void (await Promise.all(consumers.map((consumer) => consumer.stop())));
