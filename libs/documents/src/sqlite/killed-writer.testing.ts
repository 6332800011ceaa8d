import { Database } from '@corridor/sqlite';
import { contractSpec, killedDoc, killedEvent } from '../contract-documents.ts';
import { openSqliteDocuments } from './sqlite-document-store.ts';

/** Run as a process by the contract's kill test: creates without end and prints, a line each, what was acknowledged. */
const [file = '', round = ''] = process.argv.slice(2);
const store = await openSqliteDocuments(await Database.open(file));
const documents = await store.collection(contractSpec('killed'));
let next = 0;
async function createWithoutEnd(): Promise<never> {
  for (;;) {
    const id = `round-${round}-${next++}.`;
    await documents.create(id, killedDoc(id), [killedEvent(id)]);
    process.stdout.write(`${id}\n`);
  }
}
await Promise.all(Array.from({ length: 20 }, createWithoutEnd));
