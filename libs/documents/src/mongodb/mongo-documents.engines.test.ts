import { documentsContract, type KilledStoreWriter } from '../contract.ts';
import { killWriters } from '../killed-writer.testing.ts';
import { MongoFixture, newDatabase, onEachServer } from './engines.testing.ts';

async function kill(url: string): Promise<KilledStoreWriter> {
  const database = newDatabase();
  const acknowledged = await killWriters(new URL('./killed-writer.testing.ts', import.meta.url), url, database);
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
