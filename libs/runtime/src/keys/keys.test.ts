import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import type { Documents, DocumentStore } from '@corridor/documents';
import { openSqliteDocuments } from '@corridor/documents/sqlite';
import { utf8 } from '@corridor/kernel';
import { Database } from '@corridor/sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KEY_COLLECTION, type KeyDocument } from './key-document.ts';
import { makeMasterKey, readMasterKey } from './master-key.ts';
import { keysOver, openKeys, type StoredKeys } from './stored-keys.ts';

const masterKey = randomBytes(32);
const june = { owner: 'unhcr', series: 'arrivals', month: '2027-06' };
const additional = utf8('id\0type\0subject\0');
let folder: string;
let database: Database;
let store: DocumentStore;
let documents: Documents<KeyDocument>;
let keys: StoredKeys;

const noScrub = async (): Promise<void> => {};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'corridor-keys-'));
  await open();
});
afterEach(async () => {
  await close();
  rmSync(folder, { recursive: true });
});

async function open(): Promise<void> {
  database = await Database.open(join(folder, 'keys.db'));
  store = await openSqliteDocuments(database);
  documents = await store.collection(KEY_COLLECTION);
  keys = await keysOver(documents, masterKey, noScrub);
}
async function close(): Promise<void> {
  await store.close();
  await database.close();
}

describe('a data key', () => {
  it('opens what it sealed, also after a restart', async () => {
    const key = await keys.data.forSealing(june);
    const sealed = key.seal(utf8('count 7'), additional);
    expect(sealed.keyId).toBe('unhcr/arrivals/2027-06');
    expect(String(key.open(sealed, additional))).toBe('count 7');
    await close();
    await open();
    expect(keys.data.loaded(sealed.keyId)).toBeUndefined();
    expect(String((await keys.data.load(sealed.keyId)).open(sealed, additional))).toBe('count 7');
    expect(keys.data.loaded(sealed.keyId)).toBeDefined();
  });

  it('opens nothing that was changed in any byte, nor under other additional data', async () => {
    const key = await keys.data.forSealing(june);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (clear, at, flip) => {
        const sealed = key.seal(clear, additional);
        const change = (bytes: Buffer): Buffer => {
          const changed = Buffer.from(bytes);
          changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ flip;
          return changed;
        };
        expect(key.open(sealed, additional).equals(clear)).toBe(true);
        const wrong = [
          () => key.open({ ...sealed, ciphertext: change(sealed.ciphertext) }, additional),
          () => key.open({ ...sealed, nonce: change(sealed.nonce) }, additional),
          () => key.open({ ...sealed, ciphertext: sealed.ciphertext.subarray(0, -1) }, additional),
          () => key.open({ ...sealed, ciphertext: Buffer.alloc(3) }, additional),
          () => key.open({ ...sealed, keyId: 'unhcr/arrivals/2027-07' }, additional),
          () => key.open(sealed, change(Buffer.from(additional))),
        ];
        for (const open of wrong) expect(open).toThrow(expect.objectContaining({ reason: 'DATABASE_DAMAGED' }));
      }),
      { numRuns: 100 },
    );
  });

  it('never uses a nonce twice', async () => {
    const key = await keys.data.forSealing(june);
    const nonces = Array.from({ length: 5000 }, () => key.seal(Buffer.alloc(1), additional).nonce.toString('hex'));
    expect(new Set(nonces).size).toBe(nonces.length);
  });

  it('is one key, however many ask for it first', async () => {
    const others = await keysOver(documents, masterKey, noScrub);
    const made = await Promise.all([keys, others, keys, others].map(({ data }) => data.forSealing(june)));
    const sealed = made[0]?.seal(utf8('x'), additional);
    for (const key of made) expect(sealed && String(key.open(sealed, additional))).toBe('x');
  });

  it('that was never made is damage, a month that is none is refused', async () => {
    await expect(keys.data.load('unhcr/arrivals/2027-06')).rejects.toMatchObject({ reason: 'DATABASE_DAMAGED' });
    await expect(keys.data.forSealing({ ...june, month: '2027-13' })).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });
});

describe('a destroyed data key', () => {
  const id = 'unhcr/arrivals/2027-06';

  it('comes back in no way: not by use, by load, from memory or after a restart', async () => {
    const key = await keys.data.forSealing(june);
    const sealed = key.seal(utf8('count 7'), additional);
    expect(await keys.data.destroy(id)).toBe(true);
    expect(await keys.data.destroy(id)).toBe(false);
    for (const _ of ['now', 'after a restart']) {
      expect(keys.data.loaded(id)).toBeUndefined();
      const next = await keys.data.forSealing(june);
      expect(next.id).toBe(`${id}~2`);
      expect(keys.data.sealing(june)).toBe(next);
      expect(() => next.open(sealed, additional)).toThrow(expect.objectContaining({ reason: 'DATABASE_DAMAGED' }));
      await expect(keys.data.load(id)).rejects.toMatchObject({ reason: 'KEY_DESTROYED' });
      await close();
      await open();
    }
    expect(() => key.open(sealed, additional)).toThrow(expect.objectContaining({ reason: 'KEY_DESTROYED' }));
    expect(() => key.seal(utf8('x'), additional)).toThrow(expect.objectContaining({ reason: 'KEY_DESTROYED' }));
  });

  it('leaves a document that holds nothing of it', async () => {
    await keys.data.forSealing(june);
    const before = (await documents.get(`data/${id}`))?.doc;
    expect(before?.kind).toBe('data');
    await keys.data.destroy(id);
    expect((await documents.get(`data/${id}`))?.doc).toEqual({ kind: 'destroyed' });
    expect(await keys.data.list({ prefix: 'unhcr/' }, 10)).toEqual([]);
  });

  it('is followed by a next generation, which can be destroyed as well', async () => {
    for (const generation of [id, `${id}~2`, `${id}~3`]) {
      expect((await keys.data.forSealing(june)).id).toBe(generation);
      expect(await keys.data.list({ prefix: id }, 10)).toEqual([generation]);
      expect(await keys.data.destroy(generation)).toBe(true);
      expect(keys.data.sealing(june)).toBeUndefined();
    }
  });

  it('cannot be made when it was destroyed before it was there', async () => {
    expect(await keys.data.destroy(id)).toBe(false);
    await expect(keys.data.load(id)).rejects.toMatchObject({ reason: 'KEY_DESTROYED' });
    expect((await keys.data.forSealing(june)).id).toBe(`${id}~2`);
  });

  it('is not kept by a load that was under way when it was forgotten', async () => {
    await keys.data.forSealing(june);
    keys.data.forget(id);
    const loading = keys.data.load(id);
    keys.data.forget(id);
    await loading;
    expect(keys.data.loaded(id)).toBeUndefined();
  });

  it('of another replica is gone here from the moment it is forgotten', async () => {
    const other = await keysOver(documents, masterKey, noScrub);
    await keys.data.forSealing(june);
    await other.data.destroy(id);
    keys.data.forget(id);
    await expect(keys.data.load(id)).rejects.toMatchObject({ reason: 'KEY_DESTROYED' });
  });
});

describe('the list of data keys', () => {
  it('names those of a series, or those whose month is over', async () => {
    for (const [series, month] of [['arrivals', '2027-06'], ['arrivals', '2027-07'], ['arrivals-2', '2027-06'], ['stock', '2028-01']] as const) {
      await keys.data.forSealing({ owner: 'unhcr', series, month });
    }
    expect(await keys.data.list({ prefix: 'unhcr/arrivals/' }, 10)).toEqual(['unhcr/arrivals/2027-06', 'unhcr/arrivals/2027-07']);
    expect(await keys.data.list({ beforeMonth: '2027-07' }, 10)).toEqual(['unhcr/arrivals-2/2027-06', 'unhcr/arrivals/2027-06']);
    expect(await keys.data.list({ beforeMonth: '2029-01' }, 2)).toHaveLength(2);
  });
});

describe('keys of the node', () => {
  it('sign, and are the same after a restart', async () => {
    const pair = await keys.signing('tokens');
    const signature = sign(null, utf8('text'), pair.privateKey);
    await close();
    await open();
    const again = await keys.signing('tokens');
    expect(again.keyId).toBe(pair.keyId);
    expect(again.publicKey).toHaveLength(32);
    const x = Buffer.from(again.publicKey).toString('base64url');
    expect(verify(null, utf8('text'), createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } }), signature)).toBe(true);
    expect((await keys.signing('epochs')).keyId).not.toBe(pair.keyId);
  });

  it('seal what only they open, for the same additional data, at constant cost in length', async () => {
    const cursors = await keys.aead('cursors');
    const sealed = cursors.seal(utf8('position 9'), utf8('unhcr'));
    expect(sealed.length - 'position 9'.length).toBe(cursors.seal(Buffer.alloc(0), utf8('')).length);
    expect(String(cursors.open(sealed, utf8('unhcr')))).toBe('position 9');
    expect(cursors.open(sealed, utf8('iom'))).toBeUndefined();
    expect(cursors.open(Buffer.alloc(0), utf8('unhcr'))).toBeUndefined();
    expect(cursors.open(sealed.subarray(0, 20), utf8('unhcr'))).toBeUndefined();
    expect((await keys.aead('pages')).open(sealed, utf8('unhcr'))).toBeUndefined();
  });

  it('open what was sealed before a rotation, also after a restart', async () => {
    const before = await keys.aead('cursors');
    const old = before.seal(utf8('old'), utf8(''));
    await keys.rotateAead('cursors');
    const sealed = before.seal(utf8('new'), utf8(''));
    expect(sealed.subarray(0, 4)).not.toEqual(old.subarray(0, 4));
    await close();
    await open();
    const after = await keys.aead('cursors');
    expect([String(after.open(old, utf8(''))), String(after.open(sealed, utf8('')))]).toEqual(['old', 'new']);
  });
});

describe('the master key', () => {
  it('of another store opens nothing', async () => {
    for (const wrong of [randomBytes(32), randomBytes(31), Buffer.alloc(0)]) {
      await expect(keysOver(documents, wrong, noScrub)).rejects.toMatchObject({ reason: 'KEY_STORE_UNUSABLE' });
    }
    await close();
    database = await Database.open(join(folder, 'keys.db'));
    store = await openSqliteDocuments(database);
    await expect(openKeys({ store, masterKey: randomBytes(32) })).rejects.toMatchObject({ reason: 'KEY_STORE_UNUSABLE' });
  });

  it('is nowhere in the store, nor is any key in clear', async () => {
    const pair = await keys.signing('tokens');
    const secret = Buffer.from(pair.privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
    await close();
    const stored = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
    for (const bytes of [masterKey, secret]) {
      expect([stored.includes(bytes), stored.includes(bytes.toString('base64')), stored.includes(bytes.toString('hex'))]).toEqual([false, false, false]);
    }
    await open();
  });

  it('file is made for its owner alone, once, and read back', () => {
    const file = join(folder, 'master.key');
    const key = makeMasterKey(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readMasterKey(file)).toEqual(key);
    expect(() => makeMasterKey(file)).toThrow(expect.objectContaining({ reason: 'CONFIG_INVALID' }));
    expect(readMasterKey(file)).toEqual(key);
  });

  it.each([
    ['is not there', undefined, 0o600],
    ['can be read by others', 'a'.repeat(64), 0o644],
    ['is too short', 'a'.repeat(62), 0o600],
    ['is not hexadecimal', 'x'.repeat(64), 0o600],
  ])('file that %s is refused by its name', (_, text, mode) => {
    const file = join(folder, 'wrong.key');
    if (text !== undefined) writeFileSync(file, text);
    if (existsSync(file)) chmodSync(file, mode);
    expect(() => readMasterKey(file)).toThrow(expect.objectContaining({ reason: 'CONFIG_INVALID', message: expect.stringContaining('wrong.key') }));
  });
});
