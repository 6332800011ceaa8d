import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storedJson } from '@corridor/documents';
import { openSqliteStore, type SqliteStore } from '@corridor/outbox/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Keys } from './keys.ts';
import { sealedCollection, SealedDocuments, type SealedSpec } from './sealed-documents.ts';
import { openKeys } from './stored-keys.ts';

interface Note {
  readonly about: string;
  readonly says: string;
}

const NOTES: SealedSpec<Note> = {
  name: 'notes',
  ...storedJson<Note>(),
  indexes: { about: ({ about }) => [about] },
  keyOf: ({ about }) => (about === 'public' ? undefined : { owner: 'harbour', series: about, month: '2026-12' }),
  gone: (id) => ({ about: 'gone', says: id }),
};

let folder = '';
let store: SqliteStore;
let keyStore: SqliteStore;
let keys: Keys;
let notes: SealedDocuments<Note>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealed-'));
  store = await openSqliteStore({ file: join(folder, 'data.db'), topics: [] });
  keyStore = await openSqliteStore({ file: join(folder, 'keys.db'), topics: [] });
  keys = await openKeys({ store: keyStore.documents, masterKey: new Uint8Array(32).fill(7) });
  notes = new SealedDocuments(await store.documents.collection(sealedCollection(NOTES)), NOTES, keys.data);
});
afterEach(async () => {
  await store.close();
  await keyStore.close();
  await rm(folder, { recursive: true });
});

const secret = (of: string): Note => ({ about: 'boats', says: `where the boats of ${of} are` });

describe('sealed documents', () => {
  it('are written and read like others, each under its version and by its index', async () => {
    expect(await notes.create('a', secret('a'))).toMatchObject({ id: 'a', version: 1, doc: secret('a') });
    await expect(notes.create('a', secret('b'))).rejects.toMatchObject({ reason: 'ALREADY_EXISTS' });
    expect(await notes.commit('a', 1, secret('c'))).toMatchObject({ version: 2, doc: secret('c') });
    await expect(notes.commit('a', 1, secret('d'))).rejects.toMatchObject({ reason: 'VERSION_CONFLICT' });
    await notes.putAll([{ kind: 'put', id: 'b', doc: { about: 'public', says: 'hello' } }, { kind: 'delete', id: 'none' }]);
    expect(await notes.get('a')).toEqual({ id: 'a', version: 2, doc: secret('c') });
    expect((await notes.getAll(['b', 'none', 'a'])).map(({ id }) => id)).toEqual(['b', 'a']);
    const page = await notes.page('about', { from: 'boats', to: 'boatt' }, undefined, 10);
    expect(page.items).toEqual([{ id: 'a', version: 2, key: 'boats', doc: secret('c') }]);
  });

  it('show nothing of what they say in the files, where that has to be sealed', async () => {
    await notes.create('a', secret('a'));
    await notes.create('b', { about: 'public', says: 'hello everybody' });
    await store.close();
    const files = Buffer.concat(await Promise.all(['data.db', 'data.db-wal'].map((name) => readFile(join(folder, name)).catch(() => Buffer.alloc(0)))));
    expect(files.includes('where the boats')).toBe(false);
    expect(files.includes(Buffer.from('where the boats').toString('base64').slice(0, 16))).toBe(false);
    expect(files.includes(Buffer.from(NOTES.encode({ about: 'public', says: 'hello everybody' })).toString('base64'))).toBe(true);
  });

  it('are gone with their key, and cannot be put in the place of others', async () => {
    await notes.create('a', secret('a'));
    const raw = await openRaw();
    await raw.create('b', (await raw.get('a'))?.doc ?? expect.fail('nothing is stored'));
    await expect(notes.get('b')).rejects.toMatchObject({ reason: 'DATABASE_DAMAGED' });
    await keys.data.destroy('harbour/boats/2026-12');
    expect((await notes.get('a'))?.doc).toEqual({ about: 'gone', says: 'a' });
  });
});

/** The stored form: the collection is open already, so it is taken from a store of its own. */
async function openRaw() {
  await store.close();
  store = await openSqliteStore({ file: join(folder, 'data.db'), topics: [] });
  const raw = await store.documents.collection(sealedCollection(NOTES));
  notes = new SealedDocuments(raw, NOTES, keys.data);
  return raw;
}
