import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { documentsContract, type KilledStoreWriter } from '../contract.ts';
import { MongoFixture, newDatabase, onEachServer } from './engines.testing.ts';

async function kill(url: string): Promise<KilledStoreWriter> {
  const database = newDatabase();
  const acknowledged: string[] = [];
  for (const round of ['1', '2', '3']) {
    const writer = spawn('node', [fileURLToPath(new URL('./killed-writer.testing.ts', import.meta.url)), url, database, round], { stdio: ['ignore', 'pipe', 'inherit'] });
    let lines = 0;
    for await (const line of createInterface(writer.stdout)) {
      lines += 1;
      if (lines === 100) writer.kill('SIGKILL');
      if (line.endsWith('.')) acknowledged.push(line);
    }
  }
  const fixture = await MongoFixture.open(url, {}, database);
  return { store: fixture.store, reopen: fixture.reopen, dispose: fixture.dispose, acknowledged };
}

onEachServer('MongoDB', (url) =>
  documentsContract({
    name: 'MongoDB',
    open: () => MongoFixture.open(url),
    features: { narrowQueue: (bytes) => MongoFixture.open(url, { queue: { bytes, calls: 1000 } }), kill: () => kill(url) },
  }),
);
