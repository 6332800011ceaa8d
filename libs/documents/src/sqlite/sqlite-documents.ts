import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { CorridorError, fromUtf8, utf8 } from '@corridor/kernel';
import { blob, type ByteReader, type ByteWriter, integer } from '@corridor/sqlite';
import type { CollectionSpec, Documents, KeyRange, Page, PageOrder, PagePosition, Pending, PendingEvent, Versioned, Write } from '../documents.ts';
import type { Access } from './access.ts';
import { keyBytes } from '../limits.ts';
import { decodeEvent, encodeContent, encodeEntries, encodeEvent, type OpenIndex } from './content.ts';
import { DELETE, OPERATION, PUT } from './layout.ts';

/** Reading goes on in the next turn of the event loop after this many bytes or rows. */
const READ_BYTES = 2 << 20;
const READ_ROWS = 500;
/** What a write counts for in the queue beside its documents. */
const WRITE_OVERHEAD = 1024;

type Row = Readonly<Record<string, SQLOutputValue>>;
type Item<T> = Versioned<T> & PagePosition;

/** One collection in a SQLite file. */
export class SqliteDocuments<T> implements Documents<T> {
  readonly #access: Access;
  readonly #spec: CollectionSpec<T>;
  readonly #collection: number;
  readonly #indexes: ReadonlyMap<string, OpenIndex<T>>;
  readonly #select: StatementSync;
  readonly #selectAfter: StatementSync;
  readonly #selectEntry: StatementSync;
  readonly #selectPending: StatementSync;
  readonly #pages = new Map<string, StatementSync>();

  constructor(access: Access, spec: CollectionSpec<T>, collection: number, indexes: ReadonlyMap<string, OpenIndex<T>>) {
    this.#access = access;
    this.#spec = spec;
    this.#collection = collection;
    this.#indexes = indexes;
    const { database } = access;
    this.#select = database.prepare('SELECT id, version, body FROM document WHERE collection = ? AND id = ?');
    this.#selectAfter = database.prepare('SELECT id, version, body FROM document WHERE collection = ? AND id > ? ORDER BY id LIMIT ?');
    this.#selectEntry = database.prepare('SELECT 1 FROM document_entry WHERE index_id = ? AND key = ? LIMIT 1');
    this.#selectPending = database.prepare('SELECT id, number, event FROM document_event WHERE collection = ? ORDER BY sequence LIMIT ?');
  }

  async get(id: string): Promise<Versioned<T> | undefined> {
    return this.#read(() => {
      const row = this.#select.get(this.#collection, keyBytes(id));
      return row === undefined ? undefined : this.#versioned(row);
    });
  }

  async getAll(ids: readonly string[]): Promise<readonly Versioned<T>[]> {
    const found: Versioned<T>[] = [];
    for (let from = 0; from < ids.length; from += READ_ROWS) {
      if (from > 0) await turnOfTheEventLoop();
      this.#read(() => {
        for (const id of ids.slice(from, from + READ_ROWS)) {
          const row = this.#select.get(this.#collection, keyBytes(id));
          if (row !== undefined) found.push(this.#versioned(row));
        }
      });
    }
    return found;
  }

  async create(id: string, doc: T, events: readonly PendingEvent[] = []): Promise<Versioned<T>> {
    const encode = (to: ByteWriter): void => {
      to.u32(this.#collection);
      to.bytes(keyBytes(id));
      encodeContent(to, doc, this.#spec, this.#indexes.values());
      for (const event of events) encodeEvent(to, event);
    };
    return this.#write(OPERATION.create, encode, () => ({ id, version: 1, doc }));
  }

  async commit(id: string, expected: number, next: T, events: readonly PendingEvent[] = []): Promise<Versioned<T>> {
    const encode = (to: ByteWriter): void => {
      to.u32(this.#collection);
      to.bytes(keyBytes(id));
      to.u53(expected);
      encodeContent(to, next, this.#spec, this.#indexes.values());
      for (const event of events) encodeEvent(to, event);
    };
    return this.#write(OPERATION.commit, encode, () => ({ id, version: expected + 1, doc: next }));
  }

  async putAll(writes: readonly Write<T>[]): Promise<void> {
    if (writes.length === 0) return;
    const encode = (to: ByteWriter): void => {
      to.u32(this.#collection);
      for (const write of writes) {
        to.u8(write.kind === 'put' ? PUT : DELETE);
        to.bytes(keyBytes(write.id));
        if (write.kind === 'put') encodeContent(to, write.doc, this.#spec, this.#indexes.values());
      }
    };
    return this.#write(OPERATION.put, encode, () => undefined);
  }

  async page(
    index: string,
    range: KeyRange,
    after: PagePosition | undefined,
    limit: number,
    order: PageOrder = 'ascending',
  ): Promise<Page<T>> {
    const id = this.#index(index);
    if (limit < 1) throw new CorridorError('INVALID_ARGUMENT', 'a page has at least one entry');
    const items: Item<T>[] = [];
    for (let last = after; ; last = items.at(-1) ?? last) {
      const atEnd = this.#read(() => this.#entries(id, range, last, order, limit + 1 - items.length, items));
      if (atEnd) return { items };
      if (items.length > limit) return pageOf(items.slice(0, limit));
      await turnOfTheEventLoop();
    }
  }

  async present(index: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
    const id = this.#index(index);
    const found = new Set<string>();
    for (let from = 0; from < keys.length; from += READ_ROWS) {
      if (from > 0) await turnOfTheEventLoop();
      this.#read(() => {
        for (const key of keys.slice(from, from + READ_ROWS)) {
          if (this.#selectEntry.get(id, keyBytes(key)) !== undefined) found.add(key);
        }
      });
    }
    return found;
  }

  async pending(limit: number): Promise<readonly Pending[]> {
    return this.#read(() => {
      let bytes = 0;
      const pending = new Map<string, { readonly first: number; readonly events: PendingEvent[] }>();
      for (const row of this.#selectPending.iterate(this.#collection, limit)) {
        const id = fromUtf8(blob(row, 'id'));
        const stored = blob(row, 'event');
        const event = decodeEvent(stored);
        const known = pending.get(id);
        if (known === undefined) pending.set(id, { first: integer(row, 'number'), events: [event] });
        else known.events.push(event);
        bytes += stored.length;
        if (bytes >= READ_BYTES) break;
      }
      return Array.from(pending, ([id, { first, events }]) => ({ id, first, events }));
    });
  }

  async published(id: string, first: number, count: number): Promise<void> {
    const encode = (to: ByteWriter): void => {
      to.u32(this.#collection);
      to.bytes(keyBytes(id));
      to.u53(first);
      to.u53(count);
    };
    return this.#write(OPERATION.published, encode, () => undefined);
  }

  /** Fills these indexes for every document that is there; their entries follow every write from now on. */
  async reindex(indexes: readonly number[]): Promise<void> {
    for (let last: Uint8Array | undefined = new Uint8Array(); last !== undefined; ) {
      last = await this.#reindexFrom(last);
    }
    await this.#write(
      OPERATION.indexed,
      (to) => {
        for (const index of indexes) to.u16(index);
      },
      () => undefined,
    );
  }

  /** Indexes some documents behind an id. Returns the last id, undefined behind the last document. */
  async #reindexFrom(after: Uint8Array): Promise<Uint8Array | undefined> {
    let last: Uint8Array | undefined;
    const encode = (to: ByteWriter): void => {
      to.u32(this.#collection);
      let bytes = 0;
      for (const row of this.#selectAfter.iterate(this.#collection, after, READ_ROWS)) {
        last = blob(row, 'id');
        const body = blob(row, 'body');
        to.bytes(last);
        encodeEntries(to, this.#spec.decode(body), this.#indexes.values());
        bytes += body.length;
        if (bytes >= READ_BYTES) break;
      }
    };
    await this.#write(OPERATION.reindex, encode, () => undefined);
    return last;
  }

  /** Adds entries of an index to `items`, up to `most` or as many as one turn may read. Returns whether the range ends there. */
  #entries(index: number, range: KeyRange, after: PagePosition | undefined, order: PageOrder, most: number, items: Item<T>[]): boolean {
    const wanted = Math.min(most, READ_ROWS);
    let bytes = 0;
    let rows = 0;
    for (const row of this.#page(order).iterate(index, ...bounds(range, after, order), this.#collection, wanted)) {
      items.push({ ...this.#versioned(row), key: fromUtf8(blob(row, 'key')) });
      rows += 1;
      bytes += blob(row, 'body').length;
      if (bytes >= READ_BYTES) return false;
    }
    return rows < wanted;
  }

  /** The number of an index. @throws CorridorError INVALID_ARGUMENT */
  #index(name: string): number {
    const open = this.#indexes.get(name);
    if (open === undefined) throw new CorridorError('INVALID_ARGUMENT', `collection ${this.#spec.name} has no index ${name}`);
    return open.id;
  }

  #page(order: PageOrder): StatementSync {
    const known = this.#pages.get(order);
    if (known !== undefined) return known;
    const statement = this.#access.database.prepare(PAGE[order]);
    this.#pages.set(order, statement);
    return statement;
  }

  #versioned(row: Row): Versioned<T> {
    return { id: fromUtf8(blob(row, 'id')), version: integer(row, 'version'), doc: this.#spec.decode(blob(row, 'body')) };
  }

  #read<R>(query: () => R): R {
    this.#refuseClosed();
    return this.#access.database.read(query);
  }

  /** `encode` runs at once: what it refuses leaves no trace. */
  async #write<R>(operation: number, encode: (to: ByteWriter) => void, decode: (reply: ByteReader) => R): Promise<R> {
    this.#refuseClosed();
    const { database, operations, queue } = this.#access;
    return queue.during(WRITE_OVERHEAD, (use) =>
      database.write(
        operations,
        operation,
        (to) => {
          const start = to.length;
          encode(to);
          use(to.length - start);
        },
        decode,
      ),
    );
  }

  #refuseClosed(): void {
    if (this.#access.closed.signal.aborted) throw new CorridorError('UNAVAILABLE', 'the document store is closed');
  }
}

const PAGE: Readonly<Record<PageOrder, string>> = {
  ascending: `SELECT e.key, e.id, d.version, d.body FROM document_entry e CROSS JOIN document d
    WHERE e.index_id = ? AND (e.key, e.id) > (?, ?) AND e.key < ? AND d.collection = ? AND d.id = e.id
    ORDER BY e.key, e.id LIMIT ?`,
  descending: `SELECT e.key, e.id, d.version, d.body FROM document_entry e CROSS JOIN document d
    WHERE e.index_id = ? AND (e.key, e.id) < (?, ?) AND e.key >= ? AND d.collection = ? AND d.id = e.id
    ORDER BY e.key DESC, e.id DESC LIMIT ?`,
};

/** Below every id. */
const LOWEST = new Uint8Array();
/** Above every key: no UTF-8 text contains this byte. */
const HIGHEST = Uint8Array.of(0xff);

/** The bound to start behind, as key and id, and the key at which the other side of the range ends. */
function bounds(range: KeyRange, after: PagePosition | undefined, order: PageOrder): [SQLInputValue, SQLInputValue, SQLInputValue] {
  const from = utf8(range.from);
  const to = range.to === undefined ? HIGHEST : utf8(range.to);
  const [near, far] = order === 'ascending' ? [from, to] : [to, from];
  if (after === undefined) return [near, LOWEST, far];
  const key = utf8(after.key);
  const isInside = order === 'ascending' ? Buffer.compare(key, near) >= 0 : Buffer.compare(key, near) < 0;
  return isInside ? [key, utf8(after.id), far] : [near, LOWEST, far];
}

function pageOf<T>(items: readonly Item<T>[]): Page<T> {
  const last = items.at(-1);
  return last === undefined ? { items } : { items, next: { key: last.key, id: last.id } };
}
