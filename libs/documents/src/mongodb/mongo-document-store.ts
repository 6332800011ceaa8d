import { CorridorError, type Quota } from '@corridor/kernel';
import type { Db } from 'mongodb';
import type { CollectionSpec, Documents, DocumentStore } from '../documents.ts';
import { Access } from './access.ts';
import { MongoDocuments } from './mongo-documents.ts';
import type { Stamps } from './stamps.ts';

/** The documents in a database of MongoDB. It closes without closing the connection. */
export class MongoDocumentStore implements DocumentStore {
  readonly #access: Access;
  readonly #open = new Set<string>();

  constructor(db: Db, queue: Quota, stamps: Stamps) {
    this.#access = new Access(db, queue, stamps);
  }

  async collection<T>(spec: CollectionSpec<T>): Promise<Documents<T>> {
    this.#access.refuseClosed();
    if (this.#open.has(spec.name)) throw new CorridorError('STATE_FORBIDS', `collection ${spec.name} is open already`);
    this.#open.add(spec.name);
    try {
      return await this.#access.call(async () => MongoDocuments.open(this.#access, spec));
    } catch (error) {
      this.#open.delete(spec.name);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#access.close();
  }
}
