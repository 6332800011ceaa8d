import { linesUntilKilled } from '@corridor/kernel/killed-process';
import { describe, expect, it } from 'vitest';
import { eventLogContract, type KilledWriter } from '../contract.ts';
import type { SharedLog } from '../contract-shared-groups.ts';
import type { TopicSpec } from '../event-log.ts';
import { killWriters } from '../killed-writer.testing.ts';
import { kafkaBrokers, KafkaFixture } from './engines.testing.ts';

async function kill(broker: string, topics: readonly TopicSpec[]): Promise<KilledWriter> {
  const acknowledged = await killWriters(new URL('./killed-writer.testing.ts', import.meta.url), broker, topics);
  const { log, reopen, dispose } = await KafkaFixture.open(broker, topics);
  return { log, reopen, dispose, acknowledged };
}

async function shared(broker: string, topics: readonly TopicSpec[]): Promise<SharedLog> {
  const { log, another, dispose } = await KafkaFixture.open(broker, topics);
  const killedConsumer = async (group: string, count: number): Promise<readonly string[]> => {
    const keys: string[] = [];
    for await (const line of linesUntilKilled(new URL('./killed-consumer.testing.ts', import.meta.url), [broker, topics[0]?.name ?? '', `${topics[0]?.partitions}`, group], count)) {
      if (line.endsWith('.')) keys.push(line.slice(0, -1));
    }
    return keys;
  };
  return { log, another, killedConsumer, dispose };
}

for (const broker of kafkaBrokers) {
  eventLogContract({
    name: 'Kafka',
    open: (topics) => KafkaFixture.open(broker, topics),
    features: {
      narrowQueue: (topics, bytes) => KafkaFixture.open(broker, topics, { queue: { bytes, calls: 1000 } }),
      retention: (topics) => KafkaFixture.open(broker, topics),
      kill: (topics) => kill(broker, topics),
      shared: (topics) => shared(broker, topics),
    },
  });
}

describe.runIf(kafkaBrokers.length === 0)('event log contract: Kafka', () => {
  it.skipIf(process.env['CORRIDOR_REQUIRE_ENGINES'] !== '1')('has a broker to run on: CORRIDOR_TEST_KAFKA names none', () => {
    expect(kafkaBrokers, 'CORRIDOR_TEST_KAFKA names no broker').not.toEqual([]);
  });
});
