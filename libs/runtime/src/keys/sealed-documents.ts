import type { Sealed } from '@corridor/contracts/common/v1/envelope';
import {
  storedJson,
  type CollectionSpec,
  type Documents,
  type KeyRange,
  type Page,
  type PageOrder,
  type PagePosition,
  type Pending,
  type PendingEvent,
  type Versioned,
  type Write,
} from '@corridor/documents';
import { CorridorError, utf8 } from '@corridor/kernel';
import type { DataKeyId, DataKeys } from './keys.ts';

/** A collection whose documents are sealed. Its index keys stand in clear: they must tell nothing that has to be sealed. */
export interface SealedSpec<T> extends CollectionSpec<T> {
  /** Under which data key a document is sealed; undefined where it holds nothing that has to be. */
  keyOf(doc: T): DataKeyId | undefined;
  /** What stands in the place of a document whose key was destroyed. */
  gone(id: string): T;
}

/** A sealed document as it is stored: its index keys, and what it says. */
export interface SealedDocument {
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly body: { readonly kind: 'clear'; readonly bytes: Uint8Array } | { readonly kind: 'sealed'; readonly sealed: StoredSealed };
}
type StoredSealed = Readonly<Record<'nonce' | 'ciphertext', Uint8Array>> & Pick<Sealed, 'keyId'>;

/** The collection that holds the sealed documents of another. */
export const sealedCollection = <T>({ name, indexes }: SealedSpec<T>): CollectionSpec<SealedDocument> => ({
  name,
  ...storedJson<SealedDocument>(),
  indexes: Object.fromEntries(Object.keys(indexes).map((index) => [index, ({ keys }: SealedDocument) => keys[index] ?? []])),
});

/**
 * Documents that are sealed under data keys, so that with its key every copy of a document is gone, in backups too. Reads
 * and writes as `Documents` promises; a document whose key was destroyed reads as the specification says.
 */
export class SealedDocuments<T> implements Documents<T> {
  readonly #documents: Documents<SealedDocument>;
  readonly #spec: SealedSpec<T>;
  readonly #keys: DataKeys;

  constructor(documents: Documents<SealedDocument>, spec: SealedSpec<T>, keys: DataKeys) {
    this.#documents = documents;
    this.#spec = spec;
    this.#keys = keys;
  }

  async get(id: string): Promise<Versioned<T> | undefined> {
    const there = await this.#documents.get(id);
    return there === undefined ? undefined : this.#open(there);
  }

  async getAll(ids: readonly string[]): Promise<readonly Versioned<T>[]> {
    return Promise.all((await this.#documents.getAll(ids)).map((there) => this.#open(there)));
  }

  async create(id: string, doc: T, events?: readonly PendingEvent[]): Promise<Versioned<T>> {
    return { ...(await this.#documents.create(id, await this.#seal(id, doc), events)), doc };
  }

  async commit(id: string, expected: number, next: T, events?: readonly PendingEvent[]): Promise<Versioned<T>> {
    return { ...(await this.#documents.commit(id, expected, await this.#seal(id, next), events)), doc: next };
  }

  async putAll(writes: readonly Write<T>[]): Promise<void> {
    await this.#documents.putAll(
      await Promise.all(writes.map(async (write): Promise<Write<SealedDocument>> => (write.kind === 'delete' ? write : { ...write, doc: await this.#seal(write.id, write.doc) }))),
    );
  }

  async page(index: string, range: KeyRange, after: PagePosition | undefined, limit: number, order?: PageOrder): Promise<Page<T>> {
    const page = await this.#documents.page(index, range, after, limit, order);
    return { ...page, items: await Promise.all(page.items.map(async (item) => ({ ...(await this.#open(item)), key: item.key }))) };
  }

  present(index: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
    return this.#documents.present(index, keys);
  }

  pending(limit: number): Promise<readonly Pending[]> {
    return this.#documents.pending(limit);
  }

  published(id: string, first: number, count: number): Promise<void> {
    return this.#documents.published(id, first, count);
  }

  async #seal(id: string, doc: T): Promise<SealedDocument> {
    const keys = Object.fromEntries(Object.entries(this.#spec.indexes).map(([index, keysOf]) => [index, keysOf(doc)]));
    const bytes = this.#spec.encode(doc);
    const keyId = this.#spec.keyOf(doc);
    if (keyId === undefined) return { keys, body: { kind: 'clear', bytes } };
    const key = this.#keys.sealing(keyId) ?? (await this.#keys.forSealing(keyId));
    return { keys, body: { kind: 'sealed', sealed: key.seal(bytes, this.#for(id)) } };
  }

  async #open({ id, version, doc: { body } }: Versioned<SealedDocument>): Promise<Versioned<T>> {
    if (body.kind === 'clear') return { id, version, doc: this.#spec.decode(body.bytes) };
    const { keyId, nonce, ciphertext } = body.sealed;
    try {
      const key = this.#keys.loaded(keyId) ?? (await this.#keys.load(keyId));
      return { id, version, doc: this.#spec.decode(key.open({ keyId, nonce: Buffer.from(nonce), ciphertext: Buffer.from(ciphertext) }, this.#for(id))) };
    } catch (error) {
      if (CorridorError.from(error).reason === 'KEY_DESTROYED') return { id, version, doc: this.#spec.gone(id) };
      throw error;
    }
  }

  /** The additional data of a document: its collection and its id, each followed by a zero byte. */
  #for(id: string): Uint8Array {
    return utf8(`${this.#spec.name}\0${id}\0`);
  }
}
