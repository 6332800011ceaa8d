import { appendUntilKilled } from '../killed-writer.testing.ts';
import { testConnection } from './engines.testing.ts';
import { openKafkaEventLog } from './kafka-event-log.ts';

await appendUntilKilled((broker, topic) => openKafkaEventLog({ connection: testConnection(broker), topics: [topic] }));
