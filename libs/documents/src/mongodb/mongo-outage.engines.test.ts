import { expect, it, vi } from 'vitest';
import { contractSpec, event } from '../contract-documents.ts';
import { openMongo } from './connection.ts';
import { dropDatabase, newDatabase, onEachServer } from './engines.testing.ts';
import { SeverableWay } from './severed.testing.ts';

const doc = { text: 'one', tags: ['x'] };

onEachServer('MongoDB out of reach', (url) => {
  it.each(['cut', 'silence'] as const)('answers with UNAVAILABLE within some seconds and goes on afterwards: %s', async (kind) => {
    const way = await SeverableWay.to(url);
    const database = newDatabase();
    const mongo = await openMongo({ url: way.url(url), appName: 'corridor-test' });
    const documents = await mongo.store(database).collection(contractSpec('things'));
    await documents.create('a', doc, [event('a', 'e1')]);

    way[kind]();
    const start = performance.now();
    const calls = await Promise.allSettled([
      documents.get('a'),
      documents.getAll(['a']),
      documents.create('b', doc),
      documents.commit('a', 1, doc),
      documents.putAll([{ kind: 'put', id: 'c', doc }]),
      documents.page('tags', { from: '' }, undefined, 1),
      documents.pending(1),
      documents.published('a', 1, 1),
    ]);
    for (const call of calls) expect(call).toMatchObject({ status: 'rejected', reason: { reason: 'UNAVAILABLE' } });
    expect(performance.now() - start).toBeLessThan(7000);

    way.restore();
    await vi.waitFor(async () => expect(await documents.get('a')).toMatchObject({ id: 'a' }), { timeout: 20_000 });
    await documents.create('after', doc);
    await mongo.close();
    await way.close();
    await dropDatabase(url, database);
  });
});
