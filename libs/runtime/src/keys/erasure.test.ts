import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteDocuments } from '@corridor/documents/sqlite';
import { view } from '@corridor/kernel';
import { Database } from '@corridor/sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { KEY_COLLECTION } from './key-document.ts';
import { keysOver } from './stored-keys.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'corridor-erasure-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const contains = (needle: Uint8Array): boolean =>
  ['keys.db', 'keys.db-wal'].some((name) => {
    const file = join(folder, name);
    return existsSync(file) && readFileSync(file).includes(view(needle).toString('base64'));
  });

it('leaves no byte of a destroyed data key in the files of the store, and the others as they are', async () => {
  const database = await Database.open(join(folder, 'keys.db'), { erasing: true });
  const documents = await (await openSqliteDocuments(database)).collection(KEY_COLLECTION);
  const keys = await keysOver(documents, new Uint8Array(32).fill(3), () => database.scrub());
  const ids = await Promise.all(['2030-01', '2030-02'].map(async (month) => (await keys.data.forSealing({ owner: 'agency', series: 'arrivals', month })).id));
  const [gone, kept] = await Promise.all(ids.map(wrappedKey));
  expect([contains(gone ?? new Uint8Array()), contains(kept ?? new Uint8Array())]).toEqual([true, true]);

  await keys.data.destroy(ids[0] ?? '');

  expect([contains(gone ?? new Uint8Array()), contains(kept ?? new Uint8Array())]).toEqual([false, true]);
  await database.close();

  async function wrappedKey(id: string): Promise<Uint8Array> {
    const page = await documents.page('id', { from: '0' }, undefined, 10);
    const found = page.items.find((item) => item.key === id)?.doc;
    if (found?.kind !== 'data') throw new Error(`no key ${id}`);
    return found.wrapped;
  }
});
