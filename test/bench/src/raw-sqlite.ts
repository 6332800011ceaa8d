import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RawLog } from './raw-log.ts';

/** Bare SQLite. */
export const rawSqlite: RawLog = {
  appends: (size, together, count) => Promise.resolve(rawCommits(size, together, count)),
  roundTrips: () => Promise.resolve(undefined),
};

/** The raw cost of the same commits: rows of `size` bytes, `together` in a transaction, WAL, synchronous=FULL; rows/s. */
function rawCommits(size: number, together: number, rows: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'corridor-raw-'));
  const db = new DatabaseSync(join(folder, 'raw.db'));
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE records (position INTEGER PRIMARY KEY, envelope BLOB) STRICT');
  const insert = db.prepare('INSERT INTO records (envelope) VALUES (?)');
  const envelope = new Uint8Array(size).fill(7);
  const start = performance.now();
  for (let done = 0; done < rows; done += together) {
    db.exec('BEGIN IMMEDIATE');
    for (let i = 0; i < together; i += 1) insert.run(envelope);
    db.exec('COMMIT');
  }
  const seconds = (performance.now() - start) / 1000;
  db.close();
  rmSync(folder, { recursive: true });
  return rows / seconds;
}
