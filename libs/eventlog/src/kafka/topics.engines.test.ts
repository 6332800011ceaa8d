import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { TopicSpec } from '../event-log.ts';
import { kafkaBrokers, KafkaFixture, testConnection } from './engines.testing.ts';
import { openKafkaEventLog } from './kafka-event-log.ts';

const topic = (): TopicSpec => ({ name: `test.${randomUUID()}`, partitions: 2, retention: 60_000 });

describe.each(kafkaBrokers)('the topics on the cluster at %s', (broker) => {
  it.each<[string, Partial<TopicSpec>, string]>([
    ['partitions', { partitions: 3 }, 'has 2 partitions, not 3'],
    ['retention', { retention: 'forever' }, 'retention.ms is 60000, not -1'],
  ])('are refused with other %s than they have', async (_, other, difference) => {
    const spec = topic();
    const fixture = await KafkaFixture.open(broker, [spec]);
    const differing = openKafkaEventLog({ connection: testConnection(broker), topics: [{ ...spec, ...other }] });
    await expect(differing).rejects.toMatchObject({ reason: 'CONFIG_INVALID', message: expect.stringContaining(difference) as string });
    await fixture.dispose();
  });

  it('are refused when what makes an acknowledgement durable is not as it should be', async () => {
    const spec = topic();
    const fixture = await KafkaFixture.open(broker, [spec]);
    const differing = openKafkaEventLog({ connection: testConnection(broker), topics: [spec], minInsync: 2 });
    await expect(differing).rejects.toMatchObject({ reason: 'CONFIG_INVALID', message: expect.stringContaining('min.insync.replicas is 1, not 2') as string });
    await fixture.dispose();
  });

  it('are created by several replicas at once', async () => {
    const topics = [topic(), topic(), topic()];
    const first = KafkaFixture.open(broker, topics);
    const others = [1, 2].map(() => openKafkaEventLog({ connection: testConnection(broker), topics }));
    for (const log of await Promise.all(others)) {
      expect(await log.end(topics[0]?.name ?? '')).toEqual([0, 0]);
      await log.close();
    }
    await (await first).dispose();
  });
});

describe('a cluster that is not there', () => {
  it('is told as UNAVAILABLE once patience is at its end', async () => {
    const opening = openKafkaEventLog({ connection: testConnection('127.0.0.1:1'), topics: [topic()], patienceMs: 200 });
    await expect(opening).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
  });
});
