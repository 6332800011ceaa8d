import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import type { RawLog } from './raw-log.ts';

const PARTITIONS = 8;
const WARM_UP = 20;

/** Bare kafkajs against the brokers of CORRIDOR_KAFKA: idempotent, acknowledged by all replicas, topics of its own. */
export function rawKafka(env: Readonly<Record<string, string | undefined>>): RawLog {
  const kafka = new Kafka({ clientId: 'corridor-bench', brokers: (env['CORRIDOR_KAFKA'] ?? '').split(','), logLevel: logLevel.NOTHING });
  return {
    appends: (size, together, count) => withTopic(kafka, (topic, producer) => appends(topic, producer, size, together, count)),
    roundTrips: (size, perSecond, count) => withTopic(kafka, (topic, producer) => roundTrips(kafka, topic, producer, size, perSecond, count)),
  };
}

async function withTopic<T>(kafka: Kafka, measure: (topic: string, producer: Producer) => Promise<T>): Promise<T> {
  const topic = `bench.${randomUUID()}`;
  const admin = kafka.admin();
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 5,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { retries: Number.MAX_SAFE_INTEGER },
  });
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }], waitForLeaders: false });
  await producer.connect();
  try {
    return await measure(topic, producer);
  } finally {
    await producer.disconnect();
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  }
}

/** Spread over the partitions as the keys of Corridor are. */
const messagesOf = (size: number, count: number) => Array.from({ length: count }, (_, i) => ({ partition: i % PARTITIONS, value: Buffer.alloc(size, 7) }));

async function appends(topic: string, producer: Producer, size: number, together: number, count: number): Promise<number> {
  const messages = messagesOf(size, together);
  for (let i = 0; i < WARM_UP; i += 1) await producer.send({ topic, messages, acks: -1 });
  const start = performance.now();
  for (let sent = 0; sent < count; sent += together) await producer.send({ topic, messages, acks: -1 });
  return (count * 1000) / (performance.now() - start);
}

async function roundTrips(kafka: Kafka, topic: string, producer: Producer, size: number, perSecond: number, count: number): Promise<readonly number[]> {
  const consumer = kafka.consumer({ groupId: topic, minBytes: 1, maxWaitTimeInMs: 100 });
  const sentAt = new Map<string, number>();
  const samples: number[] = [];
  const warm = Promise.withResolvers<void>();
  const all = Promise.withResolvers<void>();
  let received = 0;
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommitInterval: 1000,
    eachMessage: async ({ message }) => {
      const sent = sentAt.get(message.key?.toString() ?? '');
      if (sent !== undefined) samples.push(performance.now() - sent);
      received += 1;
      if (received >= WARM_UP) warm.resolve();
      if (samples.length >= count) all.resolve();
    },
  });
  for (let i = 0; i < WARM_UP; i += 1) await producer.send({ topic, messages: messagesOf(size, 1), acks: -1 });
  await warm.promise;
  const start = performance.now();
  for (let i = 0; i < count; i += 1) {
    const wait = start + (i * 1000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const key = String(i);
    sentAt.set(key, performance.now());
    await producer.send({ topic, messages: [{ key, value: Buffer.alloc(size, 7) }], acks: -1 });
  }
  await all.promise;
  await consumer.disconnect();
  return samples;
}
