import type { DatabaseSync } from 'node:sqlite';
import type { ByteReader, ByteWriter } from './bytes.ts';

/**
 * One kind of write. Runs on the writer's thread within a transaction that it shares with other calls, so:
 * - it throws a CorridorError only before it has changed anything; that call alone then fails;
 * - any other error undoes the whole group, and each call of it runs again in a transaction of its own.
 */
export type Operation = (request: ByteReader, reply: ByteWriter) => void;

/** The writes an adapter brings. */
export interface Operations {
  /** Called by their place in this list. */
  readonly list: readonly Operation[];
  /** A transaction was undone: whatever was kept in memory about the tables must be read anew. */
  undone(): void;
}

/** What a module named to `Database.load` exports. `open` creates the module's tables when they are missing. */
export interface OperationsModule {
  readonly open: (db: DatabaseSync) => Operations;
}

/** Where the operations of a loaded module start. */
export interface Loaded {
  readonly base: number;
}
