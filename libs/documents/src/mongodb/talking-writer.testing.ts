import { inspect } from 'node:util';
import { contractSpec, event } from '../contract-documents.ts';
import { openMongo } from './connection.ts';

/** Run as a process by the test of secrecy: writes and fails with a canary in everything that is written, and prints every error in full. */
const [url = '', database = '', canary = ''] = process.argv.slice(2);
const mongo = await openMongo({ url, appName: 'corridor-test' });
const documents = await mongo.store(database).collection(contractSpec('things'));
const doc = { text: canary, tags: [canary, `${canary}-2`] };
await documents.create(canary, doc, [event(canary, canary)]);
const refused = [documents.create(canary, doc), documents.commit(canary, 7, doc), documents.putAll([{ kind: 'delete', id: canary }]), documents.create('a', { ...doc, tags: [`${canary}\ud800`] })];
for (const result of await Promise.allSettled(refused)) process.stdout.write(`${inspect(result, { depth: 9 })}\n`);
await mongo.close();
process.stdout.write('done\n');
