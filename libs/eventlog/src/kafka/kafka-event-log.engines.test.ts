import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { eventLogContract, type KilledWriter } from '../contract.ts';
import type { SharedLog } from '../contract-shared-groups.ts';
import type { Position, TopicSpec } from '../event-log.ts';
import { kafkaBrokers, KafkaFixture } from './engines.testing.ts';

/** The lines that a process prints before it is killed at the `count`th of them. */
async function* linesUntilKilled(script: URL, args: readonly string[], count: number): AsyncGenerator<string> {
  const child = spawn('node', [fileURLToPath(script), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let lines = 0;
  for await (const line of createInterface(child.stdout)) {
    lines += 1;
    if (lines === count) child.kill('SIGKILL');
    yield line;
  }
}

async function kill(broker: string, topics: readonly TopicSpec[]): Promise<KilledWriter> {
  const acknowledged: (Position & { readonly key: string })[] = [];
  for (const round of ['1', '2', '3']) {
    for await (const line of linesUntilKilled(new URL('./killed-writer.testing.ts', import.meta.url), [broker, topics[0]?.name ?? '', `${topics[0]?.partitions}`, round], 150)) {
      if (line.endsWith('}')) acknowledged.push(JSON.parse(line) as (typeof acknowledged)[number]);
    }
  }
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
