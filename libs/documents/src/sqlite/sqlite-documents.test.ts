import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, type DatabaseOptions } from '@corridor/sqlite';
import { documentsContract, type KilledStoreWriter, type SmallStore, type StoreFixture } from '../contract.ts';
import type { DocumentStore } from '../documents.ts';
import { killWriters } from '../killed-writer.testing.ts';
import { openSqliteDocuments, type SqliteDocumentStoreOptions } from './sqlite-document-store.ts';

const newFile = (): string => join(mkdtempSync(join(tmpdir(), 'corridor-documents-')), 'corridor.db');

class Fixture implements StoreFixture {
  readonly file: string;
  database: Database;
  store: DocumentStore;

  private constructor(file: string, database: Database, store: DocumentStore) {
    this.file = file;
    this.database = database;
    this.store = store;
  }

  static async open(options: SqliteDocumentStoreOptions = {}, database: DatabaseOptions = {}, file = newFile()): Promise<Fixture> {
    const opened = await Database.open(file, database);
    return new Fixture(file, opened, await openSqliteDocuments(opened, options));
  }

  readonly reopen = async (): Promise<DocumentStore> => {
    await this.#close();
    this.database = await Database.open(this.file);
    this.store = await openSqliteDocuments(this.database);
    return this.store;
  };

  readonly dispose = async (): Promise<void> => {
    await this.#close();
    rmSync(join(this.file, '..'), { recursive: true });
  };

  async #close(): Promise<void> {
    await this.store.close();
    await this.database.close();
  }
}

async function smallDisk(): Promise<SmallStore> {
  const fixture = await Fixture.open({}, { maxPages: 250 });
  return { store: fixture.store, reopen: fixture.reopen, dispose: fixture.dispose, free: async () => fixture.database.limitPages(1_000_000) };
}

async function kill(): Promise<KilledStoreWriter> {
  const file = newFile();
  const acknowledged = await killWriters(new URL('./killed-writer.testing.ts', import.meta.url), file);
  const fixture = await Fixture.open({}, {}, file);
  return { store: fixture.store, reopen: fixture.reopen, dispose: fixture.dispose, acknowledged };
}

documentsContract({
  name: 'SQLite',
  open: () => Fixture.open(),
  features: { narrowQueue: (bytes) => Fixture.open({ queue: { bytes, calls: 1000 } }), smallDisk, kill },
});
