import { randomUUID } from 'node:crypto';
import type { AgencyId } from '@corridor/kernel';
import { describe, expect, it, vi } from 'vitest';
import { partnerTopicsContract, type PartnersFixture } from '../contract-partner-topics.ts';
import type { TopicSpec } from '../event-log.ts';
import { isPartnerTopic, partnerTopicName } from '../partner-topics.ts';
import { adminOf } from './connection.ts';
import { kafkaBrokers, testConnection } from './engines.testing.ts';
import { type KafkaEventLogOptions, openKafkaEventLog } from './kafka-event-log.ts';
import { outside } from './outside.testing.ts';

/** Where clients that have to prove who they are reach the same broker. */
const PARTNERS = [process.env['CORRIDOR_TEST_KAFKA_SASL'] ?? ''].filter((broker) => broker !== '');

const DEADLINE = { timeout: 10_000, interval: 20 };

async function open(broker: string, agencies: readonly AgencyId[]): Promise<PartnersFixture> {
  const topics: readonly TopicSpec[] = [{ name: `declared-${randomUUID()}`, partitions: 2, retention: 'forever' }];
  // A busy machine may take longer to store than what was decided for a partner is worth.
  const options: KafkaEventLogOptions = { connection: testConnection(broker), topics, decidedForMs: 10_000, ...(PARTNERS.length === 0 ? {} : { partners: { brokers: PARTNERS } }) };
  const admin = adminOf(options.connection, () => undefined);
  await admin.connect();
  const names = agencies.map(partnerTopicName);
  /** The topics of this test that are there. kafkajs gives no answer while a topic of another suite comes or goes. */
  const listed = (): Promise<readonly string[]> =>
    vi.waitFor(async () => (await admin.listTopics()).filter((name) => names.includes(name) || topics.some((topic) => topic.name === name)), DEADLINE);
  const remove = (): Promise<void> =>
    vi.waitFor(async () => {
      const there = await listed();
      if (there.length > 0) await admin.deleteTopics({ topics: [...there] });
      expect(there).toEqual([]);
    }, DEADLINE);
  const fixture = async (): Promise<PartnersFixture> => {
    const log = await openKafkaEventLog(options);
    return {
      log,
      partners: log.partnerTopics,
      ...(PARTNERS.length === 0 ? {} : { outside }),
      reopen: async () => {
        await log.close();
        return fixture();
      },
      expireAll: async () => {
        for (const name of (await listed()).filter(isPartnerTopic)) {
          await vi.waitFor(async () => {
            // Also has kafkajs ask who leads the partitions, without which it deletes nothing.
            const offsets = await admin.fetchTopicOffsets(name);
            await admin.deleteTopicRecords({ topic: name, partitions: offsets.map(({ partition, high }) => ({ partition, offset: high })) });
          }, DEADLINE);
        }
      },
      dispose: async () => {
        await log.close();
        await remove();
        await admin.disconnect();
      },
    };
  };
  return fixture();
}

for (const broker of kafkaBrokers) partnerTopicsContract(PARTNERS.length === 0 ? 'Kafka without an outside' : 'Kafka', (agencies) => open(broker, agencies));

describe.runIf(kafkaBrokers.length === 0 || PARTNERS.length === 0)('partner topics contract: Kafka', () => {
  it.skipIf(process.env['CORRIDOR_REQUIRE_ENGINES'] !== '1')('has a broker that partners reach: CORRIDOR_TEST_KAFKA and CORRIDOR_TEST_KAFKA_SASL name it', () => {
    expect([...kafkaBrokers, ...PARTNERS]).toHaveLength(2);
  });
});
