import { CorridorError } from '@corridor/kernel';
import { type AnyBulkWriteOperation, Binary, type Collection, type Document, ObjectId } from 'mongodb';
import type { CollectionSpec, Documents, KeyRange, Page, PageOrder, PagePosition, Pending, PendingEvent, Versioned, Write } from '../documents.ts';
import { bodyBytes } from '../limits.ts';
import type { Access } from './access.ts';
import { isDuplicate } from './failure.ts';
import { indexEntries, storedKey, unsetting } from './index-entries.ts';
import { Indexes } from './indexes.ts';
import { bytesIn, indexedIn, namesIn, numberIn, type StoredDocument } from './layout.ts';
import { fromOrdered } from './ordered-text.ts';
import { eventFields, MAX_PENDING_BYTES, newEvents, pendingEvents, removePublished } from './outbox.ts';
import { entriesOf, type Entry, keysOf, keysPresent, pageQuery } from './pages.ts';

/** How many documents are asked for at a time, and up to how many one by one: a server that finds ids by its index answers both alike. */
const READ_AT_ONCE = 500;
const READ_SINGLY = 16;
/** How many documents, and how many bytes of them, one command writes. */
const WRITE_AT_ONCE = 99;
const WRITE_BYTES = 4_000_000;
/** What a write counts for in the queue beside its documents. */
const WRITE_OVERHEAD = 1024;

/** What is written of a document. */
interface Content {
  readonly set: Document;
  readonly unset: readonly string[];
  readonly bytes: number;
}

type Step = { readonly kind: 'put'; readonly id: string; readonly content: Content } | { readonly kind: 'delete'; readonly id: string };

/**
 * One collection in MongoDB. Beside what the port promises:
 *
 * - Events of different documents are put into the order of the clocks of the replicas that committed them, those of one
 *   replica into the order in which their commits began.
 * - A write that rejects with UNAVAILABLE may have been done.
 * - A primary that has been cut off and does not know yet, for some seconds, answers reads by what it has.
 * - A primary that has just been elected may, until a majority has its first write, answer reads without the last writes
 *   that the one before acknowledged. They are not lost, and a commit on what was read so fails with VERSION_CONFLICT;
 *   whoever decides by a read alone decides by what was true a moment before.
 * - A document that changes between one key and several of an index while a page is read, or keys are looked for, may be
 *   missing in what comes of it.
 */
export class MongoDocuments<T> implements Documents<T> {
  readonly #access: Access;
  readonly #spec: CollectionSpec<T>;
  readonly #collection: Collection<StoredDocument>;
  readonly #indexes: Indexes<T>;
  readonly #indexed: string;

  private constructor(access: Access, spec: CollectionSpec<T>) {
    this.#access = access;
    this.#spec = spec;
    this.#collection = access.db.collection<StoredDocument>(spec.name);
    this.#indexes = new Indexes(this.#collection, spec);
    this.#indexed = indexedIn(Object.keys(spec.indexes));
  }

  static async open<T>(access: Access, spec: CollectionSpec<T>): Promise<MongoDocuments<T>> {
    const documents = new MongoDocuments(access, spec);
    await documents.#indexes.open();
    return documents;
  }

  async get(id: string): Promise<Versioned<T> | undefined> {
    const _id = storedKey(id);
    return this.#access.call(async () => {
      const stored = await this.#collection.findOne({ _id }, { projection: { v: 1, b: 1 } });
      return stored === null ? undefined : this.#versioned(stored);
    });
  }

  async getAll(ids: readonly string[]): Promise<readonly Versioned<T>[]> {
    const stored = ids.map(storedKey);
    const found = new Map((await this.#access.call(async () => this.#stored(stored, { v: 1, b: 1 }))).map((one) => [one._id, one]));
    return stored.flatMap((id) => {
      const one = found.get(id);
      return one === undefined ? [] : [this.#versioned(one)];
    });
  }

  async create(id: string, doc: T, events: readonly PendingEvent[] = []): Promise<Versioned<T>> {
    const _id = storedKey(id);
    const { set, bytes } = this.#content(doc);
    const added = newEvents(events);
    return this.#access.write(WRITE_OVERHEAD + bytes + added.bytes, async () => {
      const stamp = this.#access.stamps.next();
      const outbox = added.count === 0 ? {} : { ...eventFields(1, added, stamp), o: stamp };
      try {
        await this.#collection.insertOne({ _id, v: 1, e: added.count, z: added.bytes, ...set, ...outbox });
      } catch (error) {
        if (isDuplicate(error)) throw new CorridorError('ALREADY_EXISTS', 'a document of this id exists');
        throw error;
      }
      return { id, version: 1, doc };
    });
  }

  async commit(id: string, expected: number, next: T, events: readonly PendingEvent[] = []): Promise<Versioned<T>> {
    const _id = storedKey(id);
    const { set, unset, bytes } = this.#content(next);
    const added = newEvents(events);
    const version = expected + 1;
    return this.#access.write(WRITE_OVERHEAD + bytes + added.bytes, async () => {
      const stamp = this.#access.stamps.next();
      const [room, outbox, oldest] =
        added.count === 0 ? [{}, {}, {}] : [{ z: { $lte: MAX_PENDING_BYTES - added.bytes } }, nested(eventFields(version, added, stamp)), { $min: { o: stamp } }];
      const { matchedCount } = await this.#collection.updateOne(
        { _id, v: expected, ...room },
        { $set: { ...set, ...outbox }, ...unsetting(unset), $inc: { v: 1, e: added.count, z: added.bytes }, ...oldest },
      );
      if (matchedCount === 0) await this.#refuseCommit(_id, expected, added.count > 0);
      return { id, version, doc: next };
    });
  }

  async putAll(writes: readonly Write<T>[]): Promise<void> {
    if (writes.length === 0) return;
    const steps = writes.map((write): Step => (write.kind === 'put' ? { kind: 'put', id: storedKey(write.id), content: this.#content(write.doc) } : { kind: 'delete', id: storedKey(write.id) }));
    const bytes = steps.reduce((sum, step) => sum + (step.kind === 'put' ? step.content.bytes : 0), WRITE_OVERHEAD);
    await this.#access.write(bytes, async () => {
      for (const run of runsOf(steps)) await this.#write(run);
    });
  }

  async page(index: string, range: KeyRange, after: PagePosition | undefined, limit: number, order: PageOrder = 'ascending'): Promise<Page<T>> {
    this.#refuseUndeclared(index);
    if (limit < 1) throw new CorridorError('INVALID_ARGUMENT', 'a page has at least one entry');
    return this.#access.call(async () => {
      await this.#indexes.refresh();
      const query = pageQuery(index, range, after, order);
      if (query === undefined) return { items: [] };
      const entries = await entriesOf(this.#collection, query, limit + 1);
      const shown = entries.slice(0, limit);
      const items = await this.#items(index, shown);
      const last = shown.at(-1);
      return entries.length <= limit || last === undefined ? { items } : { items, next: { key: fromOrdered(last.key), id: fromOrdered(last.id) } };
    });
  }

  async present(index: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
    this.#refuseUndeclared(index);
    const stored = keys.map(storedKey);
    return this.#access.call(async () => {
      await this.#indexes.refresh();
      const found = new Set<string>();
      for (let from = 0; from < stored.length; from += READ_AT_ONCE) {
        for (const key of await keysPresent(this.#collection, index, stored.slice(from, from + READ_AT_ONCE))) found.add(fromOrdered(key));
      }
      return found;
    });
  }

  async pending(limit: number): Promise<readonly Pending[]> {
    return this.#access.call(async () => pendingEvents(this.#collection, limit));
  }

  async published(id: string, first: number, count: number): Promise<void> {
    const _id = storedKey(id);
    return this.#access.write(WRITE_OVERHEAD, async () => removePublished(this.#collection, _id, first, count));
  }

  /** What is set with every write of content, and what must go. */
  #content(doc: T): Content {
    const entries = indexEntries(doc, this.#spec);
    const body = bodyBytes(doc, this.#spec);
    const set = { ...entries.set, b: new Binary(body), i: this.#indexed, r: new ObjectId() };
    return { set, unset: entries.unset, bytes: entries.bytes + body.length };
  }

  /** Says why a commit found nothing to write to. One without events that finds its version only now came too early. */
  async #refuseCommit(_id: string, expected: number, withEvents: boolean): Promise<never> {
    const stored = await this.#collection.findOne({ _id }, { projection: { v: 1 } });
    if (withEvents && stored !== null && numberIn(stored, 'v') === expected) throw new CorridorError('QUEUE_FULL', 'too many events of the document wait to be published');
    throw new CorridorError('VERSION_CONFLICT', `the document is not at version ${expected}`);
  }

  async #write(run: readonly Step[]): Promise<void> {
    const deleted = run.flatMap(({ kind, id }) => (kind === 'delete' ? [id] : []));
    await this.#refuseToDelete(deleted);
    await this.#bulk(run);
    await this.#refuseToDelete(deleted);
  }

  /** Two who put a new document at once may get in each other's way: then it is there, and putting it again succeeds. */
  async #bulk(run: readonly Step[]): Promise<void> {
    for (;;) {
      try {
        await this.#collection.bulkWrite(run.map(writeOf), { ordered: true });
        return;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
    }
  }

  /** @throws CorridorError STATE_FORBIDS when one of these documents ever carried events */
  async #refuseToDelete(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const stored = await this.#stored(ids, { e: 1 });
    if (stored.some((one) => numberIn(one, 'e') > 0)) throw new CorridorError('STATE_FORBIDS', 'a document that carried events is never deleted');
  }

  /** The documents of these ids that are there, in any order. */
  async #stored(ids: readonly string[], projection: Document): Promise<readonly StoredDocument[]> {
    if (ids.length <= READ_SINGLY) {
      const found = await Promise.all(ids.map(async (_id) => this.#collection.findOne({ _id }, { projection })));
      return found.flatMap((one) => (one === null ? [] : [one]));
    }
    const found: StoredDocument[] = [];
    for (let from = 0; from < ids.length; from += READ_AT_ONCE) {
      found.push(...(await this.#collection.find({ _id: { $in: ids.slice(from, from + READ_AT_ONCE) } }, { projection }).toArray()));
    }
    return found;
  }

  /** The documents of entries. One that has left its place since is left out, as is one that has yet to be put into the index anew. */
  async #items(index: string, entries: readonly Entry[]): Promise<Page<T>['items']> {
    const withoutDocument = new Set(entries.flatMap(({ id, stored }) => (stored === undefined ? [id] : [])));
    const fetched = new Map((await this.#stored([...withoutDocument], { v: 1, b: 1, i: 1, ...keysOf(index) })).map((one) => [one._id, one]));
    return entries.flatMap(({ key, id, stored = fetched.get(id) }) => {
      if (stored === undefined || !isIndexed(stored, index, key)) return [];
      return [{ ...this.#versioned(stored), key: fromOrdered(key) }];
    });
  }

  #refuseUndeclared(index: string): void {
    if (this.#spec.indexes[index] === undefined) throw new CorridorError('INVALID_ARGUMENT', `collection ${this.#spec.name} has no index ${index}`);
  }

  #versioned(stored: StoredDocument): Versioned<T> {
    return { id: fromOrdered(stored._id), version: numberIn(stored, 'v'), doc: this.#spec.decode(bytesIn(stored, 'b')) };
  }
}

/** One attempt at a step, with a revision of its own: somebody else may have written since the one before. */
function writeOf(step: Step): AnyBulkWriteOperation<StoredDocument> {
  if (step.kind === 'delete') return { deleteOne: { filter: { _id: step.id, e: 0 } } };
  const { set, unset } = step.content;
  return { updateOne: { filter: { _id: step.id }, update: { $set: { ...set, r: new ObjectId() }, ...unsetting(unset), $inc: { v: 1 }, $setOnInsert: { e: 0, z: 0 } }, upsert: true } };
}

/** Fields of documents as paths, so that their neighbours stay. */
const nested = (fields: Readonly<Record<string, Document>>): Document =>
  Object.fromEntries(Object.entries(fields).flatMap(([field, members]) => Object.entries(members).map(([name, member]) => [`${field}.${name}`, member])));

/** Whether a document has this key in an index, and says so itself: what a replica without the index wrote has old keys. */
function isIndexed(stored: Document, index: string, key: string): boolean {
  const [single, several] = Object.keys(keysOf(index)).map((field): unknown => stored[field]);
  const hasKey = single === key || (Array.isArray(several) && several.includes(key));
  return hasKey && namesIn(stored['i']).includes(index);
}

/** Parts a batch into runs of one kind, each of which one command takes. */
function* runsOf(steps: readonly Step[]): Generator<readonly Step[], void, undefined> {
  let run: Step[] = [];
  let bytes = 0;
  for (const step of steps) {
    const more = step.kind === 'put' ? step.content.bytes : 0;
    const [first] = run;
    if (first !== undefined && (first.kind !== step.kind || run.length >= WRITE_AT_ONCE || bytes + more > WRITE_BYTES)) {
      yield run;
      run = [];
      bytes = 0;
    }
    run.push(step);
    bytes += more;
  }
  if (run.length > 0) yield run;
}
