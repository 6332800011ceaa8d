import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { eventLogContract, type KilledWriter } from '../contract.ts';
import type { Position, TopicSpec } from '../event-log.ts';
import { kafkaBroker, KafkaFixture } from './engines.testing.ts';

async function kill(broker: string, topics: readonly TopicSpec[]): Promise<KilledWriter> {
  const acknowledged: (Position & { readonly key: string })[] = [];
  for (const round of ['1', '2', '3']) {
    const args = [fileURLToPath(new URL('./killed-writer.testing.ts', import.meta.url)), broker, topics[0]?.name ?? '', `${topics[0]?.partitions}`, round];
    const writer = spawn('node', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let lines = 0;
    for await (const line of createInterface(writer.stdout)) {
      lines += 1;
      if (lines === 150) writer.kill('SIGKILL');
      if (line.endsWith('}')) acknowledged.push(JSON.parse(line) as (typeof acknowledged)[number]);
    }
  }
  const { log, reopen, dispose } = await KafkaFixture.open(broker, topics);
  return { log, reopen, dispose, acknowledged };
}

if (kafkaBroker === undefined) {
  describe('event log contract: Kafka', () => {
    it.skipIf(process.env['CORRIDOR_REQUIRE_ENGINES'] !== '1')('has a broker to run on: CORRIDOR_TEST_KAFKA names none', () => {
      throw new Error('CORRIDOR_TEST_KAFKA names no broker');
    });
  });
} else {
  const broker = kafkaBroker;
  eventLogContract({
    name: 'Kafka',
    open: (topics) => KafkaFixture.open(broker, topics),
    features: {
      narrowQueue: (topics, bytes) => KafkaFixture.open(broker, topics, { queue: { bytes, calls: 1000 } }),
      retention: (topics) => KafkaFixture.open(broker, topics),
      kill: (topics) => kill(broker, topics),
    },
  });
}
