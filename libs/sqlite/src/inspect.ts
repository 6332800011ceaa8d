import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { CorridorError } from '@corridor/kernel';
import { failure } from './failure.ts';
import { integer } from './row.ts';

/** "CORR": marks a database file as ours (https://www.sqlite.org/fileformat.html#application_id). */
const APPLICATION_ID = 0x43_4f_52_52;

/**
 * The layout of all tables that adapters keep in a file. Raise it with every change that an older version could not
 * read, and bring the older layout up to date in `prepare`.
 */
const LAYOUT = 1;

/** Files up to this size are checked page by page when they are opened (some 0.2 s); larger ones while they are read. */
const CHECKED_BYTES = 64 << 20;

/**
 * Makes sure that the file can be used, and creates it when it is missing.
 * @throws CorridorError DATABASE_DAMAGED, DATA_FOLDER_NEWER, or CONFIG_INVALID when it is the database of something else.
 */
export function prepare(file: string): void {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: 5000 });
    const isNew = integer(db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() ?? {}, 'tables') === 0;
    if (isNew && pragma(db, 'user_version') === 0) create(db);
    checkOwner(db);
    checkPages(db, file);
  } catch (error) {
    throw failure(error, file);
  } finally {
    db?.close();
  }
}

function create(db: DatabaseSync): void {
  db.exec(`PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
    BEGIN; PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${LAYOUT}; COMMIT`);
}

function checkOwner(db: DatabaseSync): void {
  if (pragma(db, 'application_id') !== APPLICATION_ID) {
    throw new CorridorError('CONFIG_INVALID', 'the file is a database of another program');
  }
  const layout = pragma(db, 'user_version');
  if (layout > LAYOUT) {
    throw new CorridorError('DATA_FOLDER_NEWER', `the data folder has layout ${layout}; this version reads up to ${LAYOUT}`);
  }
}

function checkPages(db: DatabaseSync, file: string): void {
  if (statSync(file).size > CHECKED_BYTES) return;
  const found = db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  if (found !== 'ok') throw new CorridorError('DATABASE_DAMAGED', 'the database file fails its check');
}

const pragma = (db: DatabaseSync, name: 'application_id' | 'user_version'): number =>
  integer(db.prepare(`PRAGMA ${name}`).get() ?? {}, name);
