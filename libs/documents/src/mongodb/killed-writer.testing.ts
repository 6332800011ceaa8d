import { createUntilKilled } from '../killed-writer.testing.ts';
import { openMongo } from './connection.ts';

await createUntilKilled(async (url, database) => (await openMongo({ url, appName: 'corridor-killed-writer' })).store(database));
