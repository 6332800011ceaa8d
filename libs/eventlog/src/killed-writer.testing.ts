import { linesUntilKilled } from '@corridor/kernel/killed-process';
import type { KilledWriter } from './contract.ts';
import type { EventLog, TopicSpec } from './event-log.ts';

/** What a script of an adapter does that the contract's kill test runs as a process: appends without end and prints, a line each, what was acknowledged. */
export async function appendUntilKilled(open: (place: string, topic: TopicSpec) => Promise<EventLog>): Promise<void> {
  const [place = '', topic = '', partitions = '', round = ''] = process.argv.slice(2);
  const log = await open(place, { name: topic, partitions: Number(partitions), retention: 'forever' });
  let next = 0;
  const appendWithoutEnd = async (): Promise<never> => {
    for (;;) {
      const key = `round-${round}-${next++}`;
      const [position] = await log.append(topic, [{ key, envelope: Buffer.from(key.padEnd(300)), headers: {} }]);
      process.stdout.write(`${JSON.stringify({ key, ...position })}\n`);
    }
  };
  await Promise.all(Array.from({ length: 20 }, appendWithoutEnd));
}

type Acknowledged = KilledWriter['acknowledged'];

/** Runs such a script, and kills it, three times. */
export async function killWriters(script: URL, place: string, [topic]: readonly TopicSpec[]): Promise<Acknowledged> {
  const acknowledged: Acknowledged[number][] = [];
  for (const round of ['1', '2', '3']) {
    for await (const line of linesUntilKilled(script, [place, topic?.name ?? '', `${topic?.partitions}`, round], 150)) {
      if (line.endsWith('}')) acknowledged.push(JSON.parse(line) as Acknowledged[number]);
    }
  }
  return acknowledged;
}
