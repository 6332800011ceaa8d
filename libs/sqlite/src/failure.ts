import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { CorridorError } from '@corridor/kernel';

/** Result codes of SQLite (https://www.sqlite.org/rescode.html): primary ones are the low byte of extended ones. */
const SQLITE_PERM = 3;
const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;
const SQLITE_IOERR_FSYNC = SQLITE_IOERR | (4 << 8);

/** Below this many free bytes an I/O error counts as a full disk: the shared-memory file grows in steps of 32 kB. */
const HARDLY_ANYTHING = 1 << 20;

/** The extended result code of an error of node:sqlite; undefined for any other error. */
export function resultCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined;
}

/** Whether the disk may have forgotten what it was told to keep: after this nothing written can be vouched for. */
export const isLostSync = (error: unknown): boolean => resultCode(error) === SQLITE_IOERR_FSYNC;

/** Whether a lock is held by somebody else. */
export const isBusy = (error: unknown): boolean => ((resultCode(error) ?? 0) & 0xff) === SQLITE_BUSY;

/** What an error at the database `file` means to its user: STORAGE_FULL, DATABASE_DAMAGED, CONFIG_INVALID, UNAVAILABLE or INTERNAL. */
export function failure(error: unknown, file: string): CorridorError {
  const code = resultCode(error);
  if (code === undefined) return systemFailure(error);
  const cause = { cause: error };
  switch (code & 0xff) {
    case SQLITE_FULL:
      return new CorridorError('STORAGE_FULL', 'the disk of the database is full', {}, cause);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return new CorridorError('DATABASE_DAMAGED', 'the database file cannot be read', {}, cause);
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return new CorridorError('CONFIG_INVALID', 'the data folder cannot be written', {}, cause);
    case SQLITE_BUSY:
      return new CorridorError('UNAVAILABLE', 'the database is locked from outside', {}, cause);
    case SQLITE_IOERR:
      return isDiskFull(file)
        ? new CorridorError('STORAGE_FULL', 'the disk of the database is full', {}, cause)
        : new CorridorError('UNAVAILABLE', 'the disk of the database fails', {}, cause);
    default:
      return CorridorError.from(error);
  }
}

/** What an error of the file system means. */
function systemFailure(error: unknown): CorridorError {
  if (!(error instanceof Error) || error instanceof CorridorError || !('code' in error)) return CorridorError.from(error);
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new CorridorError('STORAGE_FULL', 'the disk of the database is full', {}, { cause: error });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
      return new CorridorError('CONFIG_INVALID', 'the data folder cannot be written', {}, { cause: error });
    default:
      return CorridorError.from(error);
  }
}

function isDiskFull(file: string): boolean {
  const { bavail, bsize } = statfsSync(dirname(file));
  return bavail * bsize < HARDLY_ANYTHING;
}
