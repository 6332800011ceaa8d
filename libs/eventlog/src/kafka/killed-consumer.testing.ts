import { testConnection } from './engines.testing.ts';
import { openKafkaEventLog } from './kafka-event-log.ts';

/** Run as a process by the contract's test of shared groups: consumes and prints, a line each, the keys of what it handled. */
const [broker = '', topic = '', partitions = '', group = ''] = process.argv.slice(2);
const log = await openKafkaEventLog({ connection: testConnection(broker), topics: [{ name: topic, partitions: Number(partitions), retention: 'forever' }] });
await log.consume(topic, group, async (records) => void process.stdout.write(records.map(({ key }) => `${key}.\n`).join('')), { maxBatch: 3 }).done;
