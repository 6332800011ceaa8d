import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { type AnyBulkWriteOperation, type Collection, type CreateIndexesOptions, type IndexDescription, type IndexSpecification, MongoNetworkTimeoutError, ObjectId } from 'mongodb';
import type { CollectionSpec } from '../documents.ts';
import { isNotImplemented } from './failure.ts';
import { indexEntries, unsetting } from './index-entries.ts';
import { bytesIn, indexedIn, namesIn, revisionIn, severalField, singleField, type StoredDocument, textIn } from './layout.ts';

/** How many documents are indexed at a time: they may take 8 MB each. */
const AT_ONCE = 50;
/** How long, in milliseconds, a document may be missing in an index of which the replica that wrote it knows nothing. */
const UNKNOWING = 5000;

/**
 * The indexes of a collection, in the documents and in MongoDB. Every document says which indexes it is in, so that those
 * written by a replica of an older version, which does not know an index, are found and put into it: when the collection
 * is opened, and while the two versions run side by side at most 5 s later. A replica adds to what others filled in and
 * takes nothing away, and several may fill at once.
 */
export class Indexes<T> {
  readonly #collection: Collection<StoredDocument>;
  readonly #spec: CollectionSpec<T>;
  readonly #names: readonly string[];
  /** Every `i` seen so far of documents that are in all indexes of the spec. */
  readonly #complete: Set<string>;
  /** By a time that begins with the process, which may be younger than what it is compared with. */
  #checked = Number.NEGATIVE_INFINITY;
  #filling: Promise<void> | undefined;

  constructor(collection: Collection<StoredDocument>, spec: CollectionSpec<T>) {
    this.#collection = collection;
    this.#spec = spec;
    this.#names = Object.keys(spec.indexes);
    this.#complete = new Set([indexedIn(this.#names)]);
  }

  /** Creates what is missing in MongoDB, and fills what is new. */
  async open(): Promise<void> {
    await create(this.#collection, { key: { o: 1, _id: 1 }, name: 'pending', partialFilterExpression: { o: { $exists: true } } }, { key: { o: 1 }, name: 'pending', sparse: true });
    await create(this.#collection, { key: { i: 1 }, name: 'indexed' });
    for (const field of this.#names.flatMap((index) => [singleField(index), severalField(index)])) {
      const key: IndexSpecification = { [field]: 1, _id: 1 };
      await create(this.#collection, { key, name: field, partialFilterExpression: { [field]: { $exists: true } } }, { key, name: field });
    }
    await this.refresh();
  }

  /** Resolves when every document written more than 5 s ago is in the indexes. */
  async refresh(): Promise<void> {
    if (this.#names.length === 0 || performance.now() - this.#checked < UNKNOWING) return;
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
    });
    await this.#filling;
  }

  async #fill(): Promise<void> {
    const start = performance.now();
    while (await this.#fillSome()) await turnOfTheEventLoop();
    this.#checked = start;
  }

  /** Indexes some documents that are not yet. Returns whether there may be more. */
  async #fillSome(): Promise<boolean> {
    const found = await this.#collection.find({ i: { $nin: [...this.#complete] } }, { projection: { b: 1, r: 1, i: 1 } }).limit(AT_ONCE).toArray();
    const writes: AnyBulkWriteOperation<StoredDocument>[] = [];
    for (const stored of found) {
      const indexed = textIn(stored, 'i');
      const known = new Set(namesIn(indexed));
      if (this.#names.every((name) => known.has(name))) {
        this.#complete.add(indexed);
        continue;
      }
      const { set, unset } = indexEntries(this.#spec.decode(bytesIn(stored, 'b')), this.#spec);
      const i = indexedIn(known.union(new Set(this.#names)));
      // What was written meanwhile is left as it is and, if need be, found again.
      const filter = { _id: stored._id, r: revisionIn(stored) };
      writes.push({ updateOne: { filter, update: { $set: { ...set, i, r: new ObjectId() }, ...unsetting(unset) } } });
    }
    if (writes.length > 0) await this.#collection.bulkWrite(writes, { ordered: false });
    return found.length > 0;
  }
}

type Wanted = IndexDescription & CreateIndexesOptions;

/** Creates an index unless it is there: the first of `choices` that the server knows how to. Another index serves as well as none, only slower. */
async function create(collection: Collection<StoredDocument>, ...choices: readonly Wanted[]): Promise<void> {
  for (const choice of choices) {
    try {
      return await untilBuilt(collection, choice);
    } catch (error) {
      if (!isNotImplemented(error)) throw error;
    }
  }
}

/** An index over many documents takes longer to build than anything else may; asked again, the server goes on where it is. */
async function untilBuilt(collection: Collection<StoredDocument>, index: Wanted): Promise<void> {
  for (;;) {
    try {
      await collection.createIndexes([index]);
      return;
    } catch (error) {
      if (!(error instanceof MongoNetworkTimeoutError)) throw error;
    }
  }
}
