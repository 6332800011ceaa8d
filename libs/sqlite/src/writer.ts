import { Worker } from 'node:worker_threads';
import { CorridorError, type Reason, REASONS } from '@corridor/kernel';
import { ByteReader, ByteWriter } from './bytes.ts';
import { DONE, type FromWriter, type ToWriter, type WriterFailure, type WriterStart } from './messages.ts';
import type { Loaded } from './operations.ts';

/** A group is closed for further calls from this many bytes on. */
const GROUP_BYTES = 4 << 20;
const GROUP_CALLS = 8192;
/** One group runs while the next waits at the thread, so that the thread never waits for the caller. */
const GROUPS_AT_THREAD = 2;
/** Memory of groups kept to be used again; larger buffers are given up. */
const SPARE_BUFFERS = 3;
const SPARE_BYTES = 8 << 20;

interface Waiting {
  /** Called with the operation's reply, in the order of the calls. */
  done(reply: ByteReader): void;
  failed(error: unknown): void;
}

interface Group {
  readonly bytes: ByteWriter;
  readonly waiting: Waiting[];
}

interface Scrub {
  done(): void;
  failed(error: unknown): void;
}

interface Load {
  loaded(loaded: Loaded): void;
  failed(error: unknown): void;
}

/**
 * The caller's side of the thread that writes. Calls are packed into a group; all that come in while a transaction runs
 * make the next one.
 */
export class Writer {
  readonly #worker: Worker;
  readonly #ready: Promise<void>;
  readonly #closed: Promise<void>;
  readonly #loads: Load[] = [];
  readonly #scrubs: Scrub[] = [];
  readonly #atThread: Group[] = [];
  readonly #queued: Group[] = [];
  readonly #spare: ArrayBuffer[] = [];
  #sending = false;
  #state: 'open' | 'closing' | 'closed' = 'open';

  private constructor(start: WriterStart) {
    this.#worker = new Worker(new URL('./writer-thread.ts', import.meta.url), { workerData: start, name: 'sqlite-writer' });
    const ready = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    this.#ready = ready.promise;
    this.#closed = closed.promise;
    this.#worker.on('message', (message: FromWriter) => {
      switch (message.kind) {
        case 'ready':
          ready.resolve();
          return;
        case 'start-failed':
          ready.reject(received(message.failure));
          return;
        case 'loaded':
          this.#loads[message.id]?.loaded({ base: message.base });
          this.#rest();
          return;
        case 'load-failed':
          this.#loads[message.id]?.failed(received(message.failure));
          this.#rest();
          return;
        case 'group':
          this.#answer(message.reply, message.length, message.request);
          return;
        case 'scrubbed': {
          const scrub = this.#scrubs.shift();
          if (message.failure === undefined) scrub?.done();
          else scrub?.failed(received(message.failure));
          this.#rest();
          return;
        }
        case 'closed':
          closed.resolve();
      }
    });
    const end = (cause: unknown): void => {
      const error = unavailable(cause);
      this.#state = 'closed';
      ready.reject(error);
      closed.resolve();
      for (const group of [...this.#atThread.splice(0), ...this.#queued.splice(0)]) {
        for (const call of group.waiting) call.failed(error);
      }
      for (const waiting of [...this.#loads, ...this.#scrubs.splice(0)]) waiting.failed(error);
    };
    this.#worker.on('error', end);
    this.#worker.on('exit', end);
  }

  /** Starts the thread on a database file that is there. */
  static async start(start: WriterStart): Promise<Writer> {
    const writer = new Writer(start);
    await writer.#ready;
    writer.#rest();
    return writer;
  }

  /** Loads the operations of a module. */
  load(module: URL): Promise<Loaded> {
    if (this.#state !== 'open') return Promise.reject(unavailable());
    return new Promise((loaded, failed) => {
      this.#worker.ref();
      this.#send({ kind: 'load', id: this.#loads.push({ loaded, failed }) - 1, module: module.href });
    });
  }

  /**
   * Runs one operation. `encode` writes its request now; `decode` reads its reply, in the order of the calls and before
   * any caller goes on. Durable when it resolves.
   */
  write<T>(operation: number, encode: (to: ByteWriter) => void, decode: (reply: ByteReader) => T): Promise<T> {
    if (this.#state !== 'open') return Promise.reject(unavailable());
    return new Promise((resolve, reject) => {
      const group = this.#openGroup();
      const start = group.bytes.holdLength();
      try {
        group.bytes.u16(operation);
        encode(group.bytes);
      } catch (error) {
        group.bytes.truncate(start);
        reject(error);
        return;
      }
      group.bytes.fillLength(start);
      group.waiting.push({ done: (reply) => resolve(decode(reply)), failed: reject });
      this.#sendSoon();
    });
  }

  /** Empties the write-ahead log into the file, after everything called before. */
  scrub(): Promise<void> {
    if (this.#state !== 'open') return Promise.reject(unavailable());
    return new Promise((done, failed) => {
      this.#worker.ref();
      this.#sendGroups(Number.POSITIVE_INFINITY);
      this.#scrubs.push({ done, failed });
      this.#send({ kind: 'scrub' });
    });
  }

  limitPages(pages: number): void {
    this.#send({ kind: 'max-pages', pages });
  }

  /** How many pages the write-ahead log takes before it is emptied into the file. */
  limitLog(pages: number): void {
    this.#send({ kind: 'log-pages', pages });
  }

  /** Finishes what was called before, then ends the thread. */
  async close(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'closing';
      this.#worker.ref();
      this.#sendGroups(Number.POSITIVE_INFINITY);
      this.#send({ kind: 'close' });
    }
    await this.#closed;
    this.#state = 'closed';
  }

  #openGroup(): Group {
    const last = this.#queued.at(-1);
    if (last !== undefined && last.bytes.length < GROUP_BYTES && last.waiting.length < GROUP_CALLS) return last;
    const group = { bytes: new ByteWriter(this.#spare.pop()), waiting: [] };
    this.#queued.push(group);
    return group;
  }

  /** Sends at the end of this turn of the event loop, so that calls made in one turn share a group. */
  #sendSoon(): void {
    if (this.#sending || this.#atThread.length >= GROUPS_AT_THREAD) return;
    this.#sending = true;
    setImmediate(() => {
      this.#sending = false;
      this.#sendGroups(GROUPS_AT_THREAD);
    });
  }

  #sendGroups(most: number): void {
    while (this.#atThread.length < most) {
      const group = this.#queued.shift();
      if (group === undefined) return;
      if (group.waiting.length === 0) continue;
      if (this.#atThread.length === 0) this.#worker.ref();
      this.#atThread.push(group);
      const { length } = group.bytes;
      const buffer = group.bytes.release();
      this.#send({ kind: 'group', buffer, length, calls: group.waiting.length }, [buffer]);
    }
  }

  #answer(reply: ArrayBuffer, length: number, request: ArrayBuffer): void {
    const group = this.#atThread.shift();
    if (this.#spare.length < SPARE_BUFFERS && request.byteLength <= SPARE_BYTES) this.#spare.push(request);
    const replies = new ByteReader(new Uint8Array(reply, 0, length));
    for (const call of group?.waiting ?? []) {
      try {
        if (replies.u8() === DONE) call.done(new ByteReader(replies.bytes()));
        else call.failed(failed(replies.text(), replies.text()));
      } catch (error) {
        call.failed(error);
      }
    }
    if (this.#queued.length > 0) this.#sendSoon();
    this.#rest();
  }

  /** Lets the process end while nothing is under way. */
  #rest(): void {
    if (this.#atThread.length === 0 && this.#scrubs.length === 0 && this.#state === 'open') this.#worker.unref();
  }

  #send(message: ToWriter, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, [...transfer]);
  }
}

const unavailable = (cause?: unknown): CorridorError =>
  new CorridorError('UNAVAILABLE', 'the database is closed', {}, cause instanceof Error ? { cause } : {});

const received = ({ reason, message }: WriterFailure): CorridorError => new CorridorError(reason, message);

const isReason = (text: string): text is Reason => Object.hasOwn(REASONS, text);
const failed = (reason: string, message: string): CorridorError =>
  new CorridorError(isReason(reason) ? reason : 'INTERNAL', message);
