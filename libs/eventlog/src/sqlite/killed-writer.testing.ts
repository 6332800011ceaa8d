import { Database } from '@corridor/sqlite';
import { appendUntilKilled } from '../killed-writer.testing.ts';
import { openSqliteEventLog } from './sqlite-event-log.ts';

await appendUntilKilled(async (file, topic) => openSqliteEventLog(await Database.open(file), { topics: [topic] }));
