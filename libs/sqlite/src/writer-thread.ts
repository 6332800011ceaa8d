import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { CorridorError } from '@corridor/kernel';
import { ByteReader, ByteWriter } from './bytes.ts';
import { failure, isLostSync } from './failure.ts';
import { DONE, FAILED, LOG_PAGES, type FromWriter, type ToWriter, type WriterFailure, type WriterStart } from './messages.ts';
import type { Operation, Operations, OperationsModule } from './operations.ts';

/** The one thread that writes the database file: a group of calls is one transaction and one fsync. */
class WriterThread {
  readonly #file: string;
  readonly #db: DatabaseSync;
  readonly #operations: Operation[] = [];
  readonly #modules: Operations[] = [];
  /** Set once the disk did not confirm a sync; nothing is written from then on. */
  #lostSync: CorridorError | undefined;

  constructor(start: WriterStart) {
    this.#file = start.file;
    this.#db = new DatabaseSync(start.file, { timeout: 5000 });
    this.#db.exec(
      'PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA journal_size_limit=67108864',
    );
    this.limitLog(LOG_PAGES);
    if (start.maxPages > 0) this.limitPages(start.maxPages);
    if (start.erasing) this.#db.exec('PRAGMA secure_delete=ON');
  }

  /** Moves everything into the database file and empties the write-ahead log. @throws when a reader is in its way. */
  scrub(): void {
    const outcome = this.#db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
    if (outcome?.['busy'] !== 0) throw new CorridorError('UNAVAILABLE', 'the write-ahead log is being read');
  }

  limitPages(pages: number): void {
    this.#db.exec(`PRAGMA max_page_count=${Math.trunc(pages)}`);
  }

  limitLog(pages: number): void {
    this.#db.exec(`PRAGMA wal_autocheckpoint=${Math.trunc(pages)}`);
  }

  async load(module: string): Promise<number> {
    const operations = operationsModule(await import(module)).open(this.#db);
    const base = this.#operations.length;
    this.#modules.push(operations);
    this.#operations.push(...operations.list);
    return base;
  }

  /** Runs the calls of a group together, or, when that fails, each on its own. */
  run(group: Uint8Array, reply: ByteWriter): void {
    try {
      this.#transaction(() => {
        const calls = new ByteReader(group);
        while (!calls.atEnd) this.#call(calls.bytes(), reply);
      });
    } catch {
      reply.truncate(0);
      const calls = new ByteReader(group);
      while (!calls.atEnd) this.#alone(calls.bytes(), reply);
    }
  }

  close(): void {
    this.#db.close();
  }

  describe(error: unknown): WriterFailure {
    const { reason, message } = failure(error, this.#file);
    return { reason, message: reason === 'INTERNAL' ? String(error) : message };
  }

  #alone(call: Uint8Array, reply: ByteWriter): void {
    const start = reply.length;
    try {
      this.#transaction(() => this.#call(call, reply));
    } catch (error) {
      reply.truncate(start);
      this.#fail(error, reply);
    }
  }

  #call(call: Uint8Array, reply: ByteWriter): void {
    const request = new ByteReader(call);
    const operation = this.#operations[request.u16()];
    if (operation === undefined) throw new RangeError('no such operation');
    const start = reply.length;
    reply.u8(DONE);
    const at = reply.holdLength();
    try {
      operation(request, reply);
      reply.fillLength(at);
    } catch (error) {
      if (!(error instanceof CorridorError)) throw error;
      reply.truncate(start);
      this.#fail(error, reply);
    }
  }

  #fail(error: unknown, reply: ByteWriter): void {
    const { reason, message } = this.describe(error);
    reply.u8(FAILED);
    reply.text(reason);
    reply.text(message);
  }

  #transaction(body: () => void): void {
    if (this.#lostSync !== undefined) throw this.#lostSync;
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      body();
      this.#db.exec('COMMIT');
    } catch (error) {
      if (isLostSync(error)) {
        this.#lostSync = new CorridorError('UNAVAILABLE', 'the disk did not keep what was written; restart the node', {}, { cause: error });
      }
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      for (const module of this.#modules) module.undone();
      throw error;
    }
  }
}

/** Parses a loaded module. */
function operationsModule(loaded: unknown): OperationsModule {
  if (typeof loaded === 'object' && loaded !== null && 'open' in loaded && typeof loaded.open === 'function') {
    return loaded as OperationsModule;
  }
  throw new TypeError('the module brings no operations');
}

const port = parentPort;
if (port === null) throw new Error('runs as a worker thread only');
const send = (message: FromWriter, transfer: readonly ArrayBuffer[] = []): void => port.postMessage(message, [...transfer]);

function start(): WriterThread | undefined {
  const data: WriterStart = workerData;
  try {
    const writer = new WriterThread(data);
    send({ kind: 'ready' });
    return writer;
  } catch (error) {
    const { reason, message } = failure(error, data.file);
    send({ kind: 'start-failed', failure: { reason, message } });
    port?.close();
    return undefined;
  }
}

const writer = start();

async function receive(message: ToWriter): Promise<void> {
  if (writer === undefined) return;
  switch (message.kind) {
    case 'group': {
      const reply = new ByteWriter();
      writer.run(new Uint8Array(message.buffer, 0, message.length), reply);
      const { length } = reply;
      const buffer = reply.release();
      send({ kind: 'group', reply: buffer, length, request: message.buffer }, [buffer, message.buffer]);
      return;
    }
    case 'load':
      try {
        send({ kind: 'loaded', id: message.id, base: await writer.load(message.module) });
      } catch (error) {
        send({ kind: 'load-failed', id: message.id, failure: writer.describe(error) });
      }
      return;
    case 'scrub':
      try {
        writer.scrub();
        send({ kind: 'scrubbed', failure: undefined });
      } catch (error) {
        send({ kind: 'scrubbed', failure: writer.describe(error) });
      }
      return;
    case 'max-pages':
      writer.limitPages(message.pages);
      return;
    case 'log-pages':
      writer.limitLog(message.pages);
      return;
    case 'close':
      writer.close();
      send({ kind: 'closed' });
      port?.close();
  }
}

port.on('message', (message: ToWriter) => {
  void receive(message);
});
