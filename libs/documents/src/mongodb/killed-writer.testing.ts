import { contractSpec, killedDoc, killedEvent } from '../contract-documents.ts';
import { openMongo } from './connection.ts';

/** Run as a process by the contract's kill test: creates without end and prints, a line each, what was acknowledged. */
const [url = '', database = '', round = ''] = process.argv.slice(2);
const mongo = await openMongo({ url, appName: 'corridor-killed-writer' });
const documents = await mongo.store(database).collection(contractSpec('killed'));
let next = 0;
async function createWithoutEnd(): Promise<never> {
  for (;;) {
    const id = `round-${round}-${next++}.`;
    await documents.create(id, killedDoc(id), [killedEvent(id)]);
    process.stdout.write(`${id}\n`);
  }
}
await Promise.all(Array.from({ length: 20 }, createWithoutEnd));
