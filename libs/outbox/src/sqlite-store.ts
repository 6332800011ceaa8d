import { type DocumentStore } from '@corridor/documents';
import { openSqliteDocuments, type SqliteDocumentStoreOptions } from '@corridor/documents/sqlite';
import { openSqliteEventLog, type SqliteEventLog, type SqliteEventLogOptions } from '@corridor/eventlog/sqlite';
import { Database, type DatabaseOptions } from '@corridor/sqlite';

export interface SqliteStoreOptions extends SqliteEventLogOptions, DatabaseOptions {
  /** The database file; its folder is created. */
  readonly file: string;
  readonly documents?: SqliteDocumentStoreOptions;
}

/** Log and documents of the embedded edition, in one file. */
export interface SqliteStore {
  readonly database: Database;
  readonly log: SqliteEventLog;
  readonly documents: DocumentStore;
  /** Closes all three; what was called before is finished. */
  close(): Promise<void>;
}

/**
 * Opens log and documents in one file.
 * @throws CorridorError as `Database.open` and `openSqliteEventLog` do
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const database = await Database.open(options.file, options);
  try {
    const log = await openSqliteEventLog(database, options);
    const documents = await openSqliteDocuments(database, options.documents);
    const close = async (): Promise<void> => {
      await log.close();
      await documents.close();
      await database.close();
    };
    return { database, log, documents, close };
  } catch (error) {
    await database.close();
    throw error;
  }
}
