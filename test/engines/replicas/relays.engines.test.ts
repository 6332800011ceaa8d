import { randomUUID } from 'node:crypto';
import type { Documents, PendingEvent } from '@corridor/documents';
import { openMongo } from '@corridor/documents/mongodb';
import { openKafkaEventLog, type KafkaEventLog } from '@corridor/eventlog/kafka';
import { fromUtf8, utf8 } from '@corridor/kernel';
import { relay, type Relay } from '@corridor/outbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, requireEngines } from './engines-at-hand.ts';
import { removeDatabases, removeTopics } from './traces.ts';

const DOCUMENTS = 12;
const VERSIONS = 10;

requireEngines('relays');

describe.skipIf(engines === undefined)('the relays of several replicas on one collection', { timeout: 120_000 }, () => {
  const { broker, mongodb } = engines ?? { broker: '', mongodb: '' };
  const topic = { name: `test-relays-${randomUUID().slice(0, 8)}`, partitions: 4, retention: 'forever' } as const;
  const database = `test-relays-${randomUUID().slice(0, 8)}`;
  const closing: (() => Promise<void>)[] = [];
  let logs: readonly KafkaEventLog[] = [];

  beforeAll(async () => {
    logs = await Promise.all([0, 1, 2].map(() => openKafkaEventLog({ connection: { brokers: [broker], clientId: `test-${randomUUID()}` }, topics: [topic] })));
    closing.push(...logs.map((log) => () => log.close()));
  }, 60_000);
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
    await removeTopics(broker, (name) => name === topic.name);
    await removeDatabases(mongodb, database);
  }, 60_000);

  const event = (id: string, version: number): PendingEvent => ({ topic: topic.name, key: id, envelope: utf8(`${id} ${version}`), headers: {} });

  it('lose no event, and put none before an earlier one of its document for the first time', async () => {
    const relays: Relay<string>[] = [];
    for (const log of logs) {
      const mongo = await openMongo({ url: mongodb, appName: 'corridor-test' });
      closing.push(() => mongo.close());
      const documents = await mongo.store(database).collection<string>({ name: 'things', encode: utf8, decode: fromUtf8, indexes: {} });
      const running = relay(documents, log, { pollEvery: 20 });
      closing.push(() => running.stop());
      relays.push(running);
    }
    await Promise.all(
      Array.from({ length: DOCUMENTS }, async (_, d) => {
        const id = `d${d}`;
        // Each version through another replica: what one committed is published by any.
        const through = (version: number): Documents<string> | undefined => relays[(d + version) % relays.length]?.documents;
        await through(1)?.create(id, 'doc', [event(id, 1)]);
        for (let version = 1; version < VERSIONS; version += 1) await through(version + 1)?.commit(id, version, 'doc', [event(id, version + 1)]);
      }),
    );
    await Promise.all(relays.map((running) => running.drained()));
    const [log] = logs;
    const ends = (await log?.end(topic.name)) ?? [];
    const records = (await Promise.all(ends.map(async (end, partition) => (await log?.read(topic.name, { partition, offset: 0 }, end)) ?? []))).flat();
    const firsts = new Map<string, number>();
    for (const record of records) {
      const [id = '', version = ''] = fromUtf8(record.envelope).split(' ');
      const last = firsts.get(id) ?? 0;
      expect(Number(version)).toBeLessThanOrEqual(last + 1);
      firsts.set(id, Math.max(last, Number(version)));
    }
    expect([...firsts.values()]).toEqual(Array.from({ length: DOCUMENTS }, () => VERSIONS));
  });
});
