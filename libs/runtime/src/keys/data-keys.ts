import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Sealed } from '@corridor/contracts/common/v1/envelope';
import { type Documents, prefix, type Versioned } from '@corridor/documents';
import { CorridorError } from '@corridor/kernel';
import { decrypt, encrypt, KEY_BYTES, newNonce } from './aead.ts';
import type { KeyDocument } from './key-document.ts';
import type { DataKey, DataKeyId, DataKeys } from './keys.ts';
import { getOrCreate, type Wrapping } from './wrapping.ts';

/** How many loaded keys are kept in memory: a busy node uses some thousand series. */
const LOADED_KEYS = 20_000;
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

const documentId = (keyId: string): string => `data/${keyId}`;
const destroyed = (): CorridorError => new CorridorError('KEY_DESTROYED', 'the data key was destroyed');

/** Data keys over a document store. */
export class StoredDataKeys implements DataKeys {
  readonly #documents: Documents<KeyDocument>;
  readonly #wrapping: Wrapping;
  readonly #scrub: () => Promise<void>;
  /** The least recently used first. */
  readonly #loaded = new Map<string, LoadedKey>();
  /** For keys of which some were destroyed, the id of the generation in use. */
  readonly #generations = new Map<string, string>();
  /** Loads under way; a load whose entry was removed meanwhile keeps nothing. */
  readonly #loading = new Map<string, Promise<LoadedKey>>();

  /** @param scrub makes sure that nothing overwritten is left in the store's files */
  constructor(documents: Documents<KeyDocument>, wrapping: Wrapping, scrub: () => Promise<void>) {
    this.#documents = documents;
    this.#wrapping = wrapping;
    this.#scrub = scrub;
  }

  forSealing({ owner, series, month }: DataKeyId): Promise<DataKey> {
    if (!MONTH.test(month)) return Promise.reject(new CorridorError('INVALID_ARGUMENT', 'month must be YYYY-MM', { field: 'month' }));
    return this.#newest(`${owner}/${series}/${month}`, month);
  }

  sealing({ owner, series, month }: DataKeyId): DataKey | undefined {
    const first = `${owner}/${series}/${month}`;
    return this.loaded(this.#generations.get(first) ?? first);
  }

  /** The first generation of a key that was not destroyed, made when there is none. */
  async #newest(first: string, month: string): Promise<DataKey> {
    for (let generation = 1; ; generation += 1) {
      const id = generation === 1 ? first : `${first}~${generation}`;
      try {
        const key = await this.#once(id, () => this.#getOrCreate(id, month));
        if (generation > 1) this.#generations.set(first, id);
        return key;
      } catch (error) {
        if (CorridorError.from(error).reason !== 'KEY_DESTROYED') throw error;
      }
    }
  }

  #getOrCreate(id: string, month: string): Promise<KeyDocument> {
    return getOrCreate(this.#documents, documentId(id), () => ({
      kind: 'data',
      keyId: id,
      month,
      wrapped: this.#wrapping.wrap(documentId(id), randomBytes(KEY_BYTES)),
    }));
  }

  load(id: string): Promise<DataKey> {
    return this.#once(id, async () => {
      const there = await this.#documents.get(documentId(id));
      if (there === undefined) throw new CorridorError('DATABASE_DAMAGED', 'the store of keys lacks a key that records name');
      return there.doc;
    });
  }

  loaded(id: string): DataKey | undefined {
    const key = this.#loaded.get(id);
    if (key === undefined) return undefined;
    this.#loaded.delete(id);
    this.#loaded.set(id, key);
    return key;
  }

  async destroy(id: string): Promise<boolean> {
    const wasThere = await this.#bury(id);
    this.forget(id);
    if (wasThere) await this.#scrub();
    return wasThere;
  }

  forget(id: string): void {
    this.#loading.delete(id);
    this.#loaded.get(id)?.wipe();
    this.#loaded.delete(id);
  }

  async list(filter: { readonly prefix: string } | { readonly beforeMonth: string }, limit: number): Promise<readonly string[]> {
    const page =
      'prefix' in filter
        ? await this.#documents.page('id', prefix(filter.prefix), undefined, limit)
        : await this.#documents.page('month', { from: '', to: filter.beforeMonth }, undefined, limit);
    return page.items.map(({ doc }) => (doc.kind === 'data' ? doc.keyId : '')).filter((id) => id !== '');
  }

  /** Puts the tombstone in place of the key, or where a key could still be made; true when there was a key. */
  async #bury(id: string): Promise<boolean> {
    for (;;) {
      const there = await this.#documents.get(documentId(id));
      if (there?.doc.kind === 'destroyed') return false;
      try {
        await this.#putTombstone(documentId(id), there);
        return there !== undefined;
      } catch (error) {
        const { reason } = CorridorError.from(error);
        if (reason !== 'VERSION_CONFLICT' && reason !== 'ALREADY_EXISTS') throw error;
      }
    }
  }

  #putTombstone(id: string, there: Versioned<KeyDocument> | undefined): Promise<unknown> {
    if (there === undefined) return this.#documents.create(id, { kind: 'destroyed' });
    return this.#documents.commit(id, there.version, { kind: 'destroyed' });
  }

  async #once(id: string, fetch: () => Promise<KeyDocument>): Promise<LoadedKey> {
    const there = this.#loaded.get(id) ?? this.#loading.get(id);
    if (there !== undefined) return there;
    const loading = fetch().then((doc) => this.#unwrap(id, doc));
    this.#loading.set(id, loading);
    try {
      const key = await loading;
      if (this.#loading.get(id) === loading) this.#keep(key);
      return key;
    } finally {
      if (this.#loading.get(id) === loading) this.#loading.delete(id);
    }
  }

  #unwrap(id: string, doc: KeyDocument): LoadedKey {
    if (doc.kind === 'destroyed') throw destroyed();
    if (doc.kind !== 'data') throw new CorridorError('DATABASE_DAMAGED', 'the store of keys holds another kind of key here');
    return new LoadedKey(id, createSecretKey(this.#wrapping.unwrap(documentId(id), doc.wrapped)));
  }

  #keep(key: LoadedKey): void {
    this.#loaded.set(key.id, key);
    if (this.#loaded.size <= LOADED_KEYS) return;
    for (const oldest of this.#loaded.keys()) {
      this.#loaded.delete(oldest);
      return;
    }
  }
}

/** A data key in memory. */
class LoadedKey implements DataKey {
  readonly id: string;
  #key: KeyObject | undefined;

  constructor(id: string, key: KeyObject) {
    this.id = id;
    this.#key = key;
  }

  seal(clear: Uint8Array, additionalData: Uint8Array): Sealed {
    if (this.#key === undefined) throw destroyed();
    const nonce = newNonce();
    return { keyId: this.id, nonce, ciphertext: encrypt(this.#key, nonce, clear, additionalData) };
  }

  open(sealed: Sealed, additionalData: Uint8Array): Buffer {
    if (this.#key === undefined) throw destroyed();
    const clear = decrypt(this.#key, sealed.nonce, sealed.ciphertext, additionalData);
    if (clear === undefined || sealed.keyId !== this.id) {
      throw new CorridorError('DATABASE_DAMAGED', 'a sealed record does not open under its key');
    }
    return clear;
  }

  /** Gives the key up; whoever still holds this can neither seal nor open. */
  wipe(): void {
    this.#key = undefined;
  }
}
