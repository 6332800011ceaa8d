import { randomUUID } from 'node:crypto';
import { Envelope } from '@corridor/contracts/common/v1/envelope';
import { Delivery } from '@corridor/contracts/hub/v1/hub';
import { ViewBatch } from '@corridor/contracts/hub/v1/updates';
import { systemClock } from '@corridor/kernel';
import { TOPICS } from '@corridor/runtime';
import { versionKey } from '@corridor/test-e2e/received';
import { Kafka, logLevel, type KafkaConfig } from 'kafkajs';

/** Where the brokers are, and as whom to sign in. */
export type KafkaAccess = Pick<KafkaConfig, 'brokers' | 'sasl'>;

const DELIVERY_TYPE = 'corridor.hub.v1.Delivery';

const kafkaAt = (access: KafkaAccess): Kafka => new Kafka({ ...access, clientId: 'chaos', logLevel: logLevel.NOTHING, retry: { retries: 20 } });

/** How many records are in all topics that the audit log covers. */
export async function endsOfTopics(access: KafkaAccess): Promise<number> {
  const admin = kafkaAt(access).admin();
  await admin.connect();
  try {
    const topics = await Promise.all(Object.values(TOPICS).map(({ name }) => admin.fetchTopicOffsets(name)));
    return topics.flat().reduce((sum, { high }) => sum + Number(high), 0);
  } finally {
    await admin.disconnect();
  }
}

/** Versions of reports -> ids of the records that hold them. */
export type InTopic = ReadonlyMap<string, ReadonlySet<string>>;

/** What a partner's topic holds of some series, read from its beginning until all `wanted` versions are there, or for so long. */
export async function readPartnerTopic(access: KafkaAccess, topic: string, series: readonly string[], wanted: readonly string[], limitMs: number): Promise<InTopic> {
  const versions = new Map<string, Set<string>>();
  const consumer = kafkaAt(access).consumer({ groupId: `chaos-${randomUUID()}`, maxWaitTimeInMs: 200 });
  const late = systemClock.now() + limitMs;
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message: { value } }) => {
        if (value === null) return;
        const { id, type, body } = Envelope.decode(value);
        if (type !== DELIVERY_TYPE || body?.$case !== 'payload') return;
        const batch = ViewBatch.decode(Delivery.decode(body.value).batch);
        if (!series.includes(batch.series)) return;
        for (const key of batch.updates.map(versionKey)) versions.set(key, (versions.get(key) ?? new Set()).add(id));
      },
    });
    while (!wanted.every((key) => versions.has(key)) && systemClock.now() < late) await systemClock.wait(100);
    return versions;
  } finally {
    await consumer.disconnect();
  }
}
