import { Database } from '@corridor/sqlite';
import { createUntilKilled } from '../killed-writer.testing.ts';
import { openSqliteDocuments } from './sqlite-document-store.ts';

await createUntilKilled(async (file) => openSqliteDocuments(await Database.open(file)));
