import { DatabaseSync } from 'node:sqlite';
import { CorridorError } from '@corridor/kernel';
import { failure, isBusy } from './failure.ts';

/** A lock held until it is released or the process ends, however it ends. */
export interface Lock {
  release(): void;
}

/**
 * Takes the lock that keeps every other process, and every other opening in this one, away from a data file. It is an
 * exclusive SQLite lock on a file beside it: the operating system gives it up when the process dies.
 * @throws CorridorError DATA_FOLDER_IN_USE at once when somebody holds it.
 */
export function takeLock(file: string): Lock {
  const path = `${file}.lock`;
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 0 });
    db.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    db?.close();
    throw isBusy(error)
      ? new CorridorError('DATA_FOLDER_IN_USE', 'the data folder is in use by another node')
      : failure(error, path);
  }
  const held = db;
  return { release: () => held.close() };
}
