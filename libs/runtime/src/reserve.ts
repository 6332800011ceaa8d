import { randomBytes } from 'node:crypto';
import { open, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Clock, CorridorError } from '@corridor/kernel';
import type { Part } from './lifecycle.ts';
import { traceOf } from './report.ts';
import type { Report } from './service.ts';

/** How often a missing reserve is tried again, in milliseconds. */
const RETRY_MS = 3000;
/** The reserve is made only where this share of it stays free beside it: else publishing would open and close in turn. */
const MARGIN = 1 / 4;
/** How much is written at a time, in bytes: each is synced, so that it never delays those who wait for the disk for long. */
const CHUNK_BYTES = 4_000_000;
const REFUSED = 'the disk is nearly full: nothing is published until there is space';

export interface ReserveOptions {
  /** The file that holds the space. */
  readonly file: string;
  /** Its size; 0 = no reserve: a full disk then refuses reads too, since a read must be on record before it is shown. */
  readonly bytes: number;
  /** Saves space at the cost of work: from the release on (called again and again), until the reserve is there again. */
  readonly thrift: { readonly begin: () => Promise<void>; readonly end: () => void };
  readonly clock: Clock;
  readonly report: Report;
}

/**
 * Space on the disk that publishing cannot take, so that on a full disk reading, revoking and erasing go on. The first
 * write that finds the disk full gives it up; from then on what yields is refused, until there is space to make it again.
 * A node that starts without the space for it starts so too. As a part of the node it is made in the background.
 */
export class Reserve implements Part {
  readonly name = 'reserve';
  readonly #options: ReserveOptions;
  readonly #stopping = new AbortController();
  readonly #yielding = new Set<Promise<unknown>>();
  #released = false;
  #making = new AbortController();
  #made: Promise<void> = Promise.resolve();
  #releasing: Promise<void> | undefined;
  #keeping: Promise<void> = Promise.resolve();

  constructor(options: ReserveOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    this.#keeping = this.#keep();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#keeping;
  }

  /** Undefined while there is space to publish. */
  unwell(): string | undefined {
    return this.#released ? REFUSED : undefined;
  }

  /**
   * Runs a write that may never use the reserve.
   * @throws CorridorError STORAGE_FULL, without running it, while the reserve is released; what the write rejects with
   */
  async yielding<T>(write: () => Promise<T>): Promise<T> {
    if (this.#released) throw new CorridorError('STORAGE_FULL', REFUSED);
    const writing = write();
    this.#yielding.add(writing);
    try {
      return await writing;
    } catch (error) {
      if (isFull(error)) await this.#release();
      throw error;
    } finally {
      this.#yielding.delete(writing);
    }
  }

  /** Runs a write that the reserve is for: when the disk is full, once more with the reserve released. It stores nothing when it rejects so. */
  async entitled<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (!isFull(error) || this.#options.bytes === 0) throw error;
      await this.#release();
      return write();
    }
  }

  /** Makes the reserve, and makes it again when it was released. */
  async #keep(): Promise<void> {
    const { file, bytes, clock } = this.#options;
    if (bytes === 0) return this.#remove(file);
    for (let missing = true; !this.#stopping.signal.aborted; missing = this.#released) {
      if (missing && this.#releasing === undefined) await (this.#made = this.#make());
      if (this.#released) await this.#save();
      await clock.wait(RETRY_MS, this.#stopping.signal).catch(() => undefined);
    }
  }

  async #make(): Promise<void> {
    const { file, bytes, report } = this.#options;
    this.#making = new AbortController();
    const ended = AbortSignal.any([this.#making.signal, this.#stopping.signal]);
    try {
      await allocate(file, bytes, ended);
      ended.throwIfAborted();
      if (!this.#released) return;
      this.#released = false;
      this.#options.thrift.end();
      report('info', 'reserve.held', { bytes });
    } catch (error) {
      await this.#remove(file);
      if (ended.aborted) return;
      if (!isFull(error)) report('error', 'reserve.failed', { trace: traceOf(error) });
      this.#refuse('reserve.missing');
    }
  }

  #release(): Promise<void> {
    this.#releasing ??= this.#free().finally(() => {
      this.#releasing = undefined;
    });
    return this.#releasing;
  }

  async #free(): Promise<void> {
    if (this.#options.bytes === 0) return;
    this.#refuse('reserve.released');
    this.#making.abort();
    await this.#made;
    // What was on its way to the disk finds it full too, instead of taking the space that becomes free.
    await Promise.allSettled(this.#yielding);
    await this.#remove(this.#options.file);
    await this.#save();
  }

  async #save(): Promise<void> {
    const { thrift, report } = this.#options;
    await thrift.begin().catch((error: unknown) => report('warn', 'reserve.thrift-failed', { reason: CorridorError.from(error).reason }));
  }

  #refuse(event: 'reserve.missing' | 'reserve.released'): void {
    if (!this.#released) this.#options.report('warn', event, { bytes: this.#options.bytes, meaning: REFUSED });
    this.#released = true;
  }

  #remove(file: string): Promise<void> {
    return rm(file, { force: true }).catch((error: unknown) => this.#options.report('error', 'reserve.failed', { trace: traceOf(error) }));
  }
}

/** Fills the file, unless it has its size already. @throws CorridorError STORAGE_FULL; an error of the file system; the signal's reason */
async function allocate(file: string, bytes: number, signal: AbortSignal): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  if (there?.size === bytes) return;
  await rm(file, { force: true });
  const { bavail, bsize } = await statfs(dirname(file));
  if (bavail * bsize < bytes * (1 + MARGIN)) throw new CorridorError('STORAGE_FULL', 'there is no space for the reserve');
  // Random, because a file system that compresses or leaves holes would hold no space with anything else.
  const chunk = randomBytes(Math.min(CHUNK_BYTES, bytes));
  const handle = await open(file, 'wx', 0o600);
  try {
    for (let left = bytes; left > 0; ) {
      signal.throwIfAborted();
      const { bytesWritten } = await handle.write(chunk, 0, Math.min(left, chunk.length));
      await handle.datasync();
      left -= bytesWritten;
    }
  } finally {
    await handle.close();
  }
}

/** Whether an error says that the disk is full: ours, or the file system's own. */
const isFull = (error: unknown): boolean =>
  error instanceof CorridorError ? error.reason === 'STORAGE_FULL' : error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
