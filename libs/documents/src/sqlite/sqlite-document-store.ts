import { CorridorError, Quota, type QuotaLimits } from '@corridor/kernel';
import type { Database } from '@corridor/sqlite';
import type { CollectionSpec, Documents, DocumentStore } from '../documents.ts';
import { OPERATION } from './layout.ts';
import { SqliteDocuments } from './sqlite-documents.ts';
import type { Access } from './access.ts';

export interface SqliteDocumentStoreOptions {
  /** How much may wait to be written before a write rejects with QUEUE_FULL; 256 MiB and 100,000 calls when absent. */
  readonly queue?: QuotaLimits;
}

const DEFAULT_QUEUE: QuotaLimits = { bytes: 256 << 20, calls: 100_000 };

/** Opens the documents in a database file. */
export async function openSqliteDocuments(database: Database, options: SqliteDocumentStoreOptions = {}): Promise<DocumentStore> {
  const operations = await database.load(new URL('./operations.ts', import.meta.url));
  return new SqliteDocumentStore({ database, operations, queue: new Quota(options.queue ?? DEFAULT_QUEUE), closed: new AbortController() });
}

/** The documents of the embedded edition. It closes without closing its database. */
class SqliteDocumentStore implements DocumentStore {
  readonly #access: Access;
  readonly #open = new Set<string>();

  constructor(access: Access) {
    this.#access = access;
  }

  async collection<T>(spec: CollectionSpec<T>): Promise<Documents<T>> {
    if (this.#access.closed.signal.aborted) throw new CorridorError('UNAVAILABLE', 'the document store is closed');
    if (this.#open.has(spec.name)) throw new CorridorError('STATE_FORBIDS', `collection ${spec.name} is open already`);
    this.#open.add(spec.name);
    try {
      return await this.#declare(spec);
    } catch (error) {
      this.#open.delete(spec.name);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#access.closed.abort();
  }

  async #declare<T>(spec: CollectionSpec<T>): Promise<Documents<T>> {
    const names = Object.keys(spec.indexes);
    const declared = await this.#access.database.write(
      this.#access.operations,
      OPERATION.declare,
      (to) => {
        to.text(spec.name);
        for (const name of names) to.text(name);
      },
      (reply) => ({
        collection: reply.u32(),
        indexes: names.map((name) => ({ name, id: reply.u16(), complete: reply.u8() === 1 })),
      }),
    );
    const indexes = new Map(declared.indexes.map(({ name, id }) => [name, { id, keys: spec.indexes[name] ?? (() => []) }]));
    const documents = new SqliteDocuments(this.#access, spec, declared.collection, indexes);
    const missing = declared.indexes.filter(({ complete }) => !complete);
    if (missing.length > 0) await documents.reindex(missing.map(({ id }) => id));
    return documents;
  }
}
