import { testConnection } from './engines.testing.ts';
import { openKafkaEventLog } from './kafka-event-log.ts';

/** Run as a process by the contract's test of shared groups: consumes and prints, a line each, the keys of what it handled. */
const [broker = '', topic = '', partitions = '', group = ''] = process.argv.slice(2);
const log = await openKafkaEventLog({ connection: testConnection(broker), topics: [{ name: topic, partitions: Number(partitions), retention: 'forever' }] });
/** Resolves when they are out: what is kept as handled must have been told, also to a reader that is slow. */
const print = (lines: string): Promise<void> => new Promise((resolve, reject) => process.stdout.write(lines, (error) => (error ? reject(error) : resolve())));
await log.consume(topic, group, (records) => print(records.map(({ key }) => `${key}.\n`).join('')), { maxBatch: 3 }).done;
