import { mkdirSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { CorridorError } from '@corridor/kernel';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { failure } from './failure.ts';
import { prepare } from './inspect.ts';
import { type Lock, takeLock } from './lock.ts';
import { LOG_PAGES } from './messages.ts';
import type { Loaded } from './operations.ts';
import { Writer } from './writer.ts';

const PAGE_BYTES = 8192;
/** What a short write-ahead log may take: some megabytes. */
const SHORT_LOG_PAGES = 250;

export interface DatabaseOptions {
  /** Highest number of 8 kB pages the file may take; unbounded when absent. */
  readonly maxPages?: number;
  /** Whether what is deleted or replaced is overwritten (secure_delete), so that after `scrub` no trace of it is in the files. */
  readonly erasing?: boolean;
}

/**
 * One database file that this process alone has open: any number of readers on the caller's thread see what is
 * committed; everything is written by one other thread, in groups, so that no fsync ever holds the event loop.
 */
export class Database {
  readonly file: string;
  readonly #lock: Lock;
  readonly #reader: DatabaseSync;
  readonly #writer: Writer;
  #closing: Promise<void> | undefined;

  private constructor(file: string, lock: Lock, reader: DatabaseSync, writer: Writer) {
    this.file = file;
    this.#lock = lock;
    this.#reader = reader;
    this.#writer = writer;
  }

  /**
   * Opens the file, and creates it and its folder when they are missing.
   * @throws CorridorError DATA_FOLDER_IN_USE, DATA_FOLDER_NEWER, DATABASE_DAMAGED, STORAGE_FULL, or CONFIG_INVALID when
   * it cannot be written or is the database of something else.
   */
  static async open(file: string, options: DatabaseOptions = {}): Promise<Database> {
    let lock: Lock | undefined;
    let writer: Writer | undefined;
    try {
      mkdirSync(dirname(file), { recursive: true });
      lock = takeLock(file);
      prepare(file);
      writer = await Writer.start({ file, maxPages: options.maxPages ?? 0, erasing: options.erasing ?? false });
      const reader = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
      reader.exec('PRAGMA cache_size=-32768');
      return new Database(file, lock, reader, writer);
    } catch (error) {
      await writer?.close();
      lock?.release();
      throw failure(error, file);
    }
  }

  /** Brings an adapter's operations to the thread that writes; its tables are there when this resolves. */
  load(module: URL): Promise<Loaded> {
    return this.#writer.load(module);
  }

  /**
   * Runs operation `index` of a loaded module. Durable when it resolves.
   * @param encode writes the request, now
   * @param decode reads the reply, in the order of the calls and before any caller goes on
   * @throws CorridorError of the operation; STORAGE_FULL; UNAVAILABLE after `close`
   */
  write<T>(loaded: Loaded, index: number, encode: (to: ByteWriter) => void, decode: (reply: ByteReader) => T): Promise<T> {
    return this.#writer.write(loaded.base + index, encode, decode);
  }

  /** Prepares a query on the reading connection. */
  prepare(sql: string): StatementSync {
    return this.read(() => this.#reader.prepare(sql));
  }

  /** Runs a read and says what its failure means. @throws CorridorError DATABASE_DAMAGED; UNAVAILABLE after `close`. */
  read<T>(query: () => T): T {
    if (this.#closing !== undefined) throw new CorridorError('UNAVAILABLE', 'the database is closed');
    try {
      return query();
    } catch (error) {
      throw failure(error, this.file);
    }
  }

  /**
   * Empties the write-ahead log into the file: with `erasing`, nothing that was deleted or replaced before the call is in
   * either any more. @throws CorridorError UNAVAILABLE when another process reads the file, or after `close`.
   */
  scrub(): Promise<void> {
    return this.#writer.scrub();
  }

  /**
   * Keeps the write-ahead log short, and gives back what the many versions of a page in it take: for a disk that is nearly
   * full. Does nothing where the disk has no space for what the file grows by: that would take what little is left.
   * @throws CorridorError as `scrub`
   */
  async keepLogShort(): Promise<void> {
    const [log, { size }, { bavail, bsize }] = await Promise.all([stat(`${this.file}-wal`), stat(this.file), statfs(dirname(this.file))]);
    const pages = this.#pageCount() * PAGE_BYTES;
    if (pages - size > bavail * bsize) return;
    this.#writer.limitLog(SHORT_LOG_PAGES);
    if (log.size > SHORT_LOG_PAGES * PAGE_BYTES) await this.scrub();
  }

  /** Ends what `keepLogShort` began. */
  letLogGrow(): void {
    this.#writer.limitLog(LOG_PAGES);
  }

  /** Changes the bound on the file's size, in pages of 8 kB. */
  limitPages(pages: number): void {
    this.#writer.limitPages(pages);
  }

  /** Finishes what was called before, then gives up file and lock. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #pageCount(): number {
    return this.read(() => Number(this.#reader.prepare('PRAGMA page_count').get()?.['page_count']));
  }

  async #close(): Promise<void> {
    this.#reader.close();
    await this.#writer.close();
    this.#lock.release();
  }
}
