import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '@corridor/sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { changeAll } from './change-all.ts';
import type { Documents, DocumentStore } from './documents.ts';
import { openSqliteDocuments } from './sqlite/sqlite-document-store.ts';
import { storedJson } from './stored-json.ts';

let folder: string;
let database: Database;
let store: DocumentStore;
let counts: Documents<number>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'corridor-change-'));
  database = await Database.open(join(folder, 'corridor.db'));
  store = await openSqliteDocuments(database);
  counts = await store.collection<number>({ name: 'counts', ...storedJson<number>(), indexes: {} });
});
afterEach(async () => {
  await store.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

it('loses nothing that others do to the same documents meanwhile', async () => {
  const ids = ['a', 'b', 'c'];
  await Promise.all(Array.from({ length: 20 }, () => changeAll(counts, ids, (there = 0) => there + 1)));
  expect((await counts.getAll(ids)).map(({ doc }) => doc)).toEqual([20, 20, 20]);
});

it('asks again with what was there first, and writes nothing when that leaves nothing to do', async () => {
  await counts.create('a', 1);
  const slow: Parameters<typeof changeAll<number>>[0] = {
    create: (...args) => counts.create(...args),
    commit: (...args) => counts.commit(...args),
    getAll: async (ids) => {
      const there = await counts.getAll(ids);
      // Another replica is faster each time until it has come to 3.
      if ((there[0]?.doc ?? 0) < 3) await counts.commit('a', there[0]?.version ?? 0, (there[0]?.doc ?? 0) + 1);
      return there;
    },
  };
  const asked: (number | undefined)[] = [];
  const after = await changeAll(slow, ['a', 'missing', 'a'], (there, id) => {
    if (id === 'a') asked.push(there);
    return there === undefined || there >= 3 ? there : 100;
  });
  expect(asked).toEqual([1, 2, 3]);
  expect([...after]).toEqual([['a', 3]]);
  expect(await counts.get('a')).toMatchObject({ version: 3, doc: 3 });
});
