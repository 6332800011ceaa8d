import { testConnection } from './engines.testing.ts';
import { openKafkaEventLog } from './kafka-event-log.ts';

/** Run as a process by the contract's kill test: appends without end and prints, a line each, what was acknowledged. */
const [broker = '', topic = '', partitions = '', round = ''] = process.argv.slice(2);
const log = await openKafkaEventLog({ connection: testConnection(broker), topics: [{ name: topic, partitions: Number(partitions), retention: 'forever' }] });
let next = 0;
async function appendWithoutEnd(): Promise<never> {
  for (;;) {
    const key = `round-${round}-${next++}`;
    const [position] = await log.append(topic, [{ key, envelope: Buffer.from(key.padEnd(300)), headers: {} }]);
    process.stdout.write(`${JSON.stringify({ key, ...position })}\n`);
  }
}
await Promise.all(Array.from({ length: 20 }, appendWithoutEnd));
