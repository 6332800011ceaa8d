/** A document as read: its content and the version that a commit must name. */
export interface Versioned<T> {
  readonly id: string;
  readonly version: number;
  readonly doc: T;
}

/**
 * What a collection is: its name, how a document is written and read, and the indexes it can be paged by. An index maps
 * a document to its keys (none, one or, over array members, several); keys are text, compared by their UTF-8 bytes. An
 * index whose function changes gets a new name: documents already there are indexed anew only under a new name.
 */
export interface CollectionSpec<T> {
  readonly name: string;
  encode(doc: T): Uint8Array;
  /** @throws CorridorError DATABASE_DAMAGED when the bytes are none of ours. */
  decode(bytes: Uint8Array): T;
  readonly indexes: Readonly<Record<string, (doc: T) => readonly string[]>>;
}

/** The bytes of one event, to be published to `topic` exactly as they are. */
export interface PendingEvent {
  readonly topic: string;
  readonly key: string;
  readonly envelope: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** A document with events that were committed with it and are not yet confirmed as published, oldest first. */
export interface Pending {
  readonly id: string;
  /** The number of the first of `events`: all events of a document are numbered from 1 in commit order. */
  readonly first: number;
  /** Never empty. */
  readonly events: readonly PendingEvent[];
}

/** The half-open key range [from, to) of an index; `prefix(p)` of this module makes the range of all keys that start so. */
export interface KeyRange {
  readonly from: string;
  readonly to?: string;
}

/** One page in key order (ties by id). `next` resumes after its last entry; absent at the end. */
export interface Page<T> {
  readonly items: readonly (Versioned<T> & { readonly key: string })[];
  readonly next?: PagePosition;
}
export interface PagePosition {
  readonly key: string;
  readonly id: string;
}
export type PageOrder = 'ascending' | 'descending';

/** One write of a batch: put it whatever is there (for idempotent folds), or delete it. */
export type Write<T> =
  | { readonly kind: 'put'; readonly id: string; readonly doc: T }
  | { readonly kind: 'delete'; readonly id: string };

/**
 * Documents of one collection.
 *
 * - A write MUST be durable when it resolves, and atomic: document, version, index entries and events, all or none.
 * - `create` MUST fail with ALREADY_EXISTS when the id is taken; the first version is 1. Of concurrent creates exactly one MUST win.
 * - `commit` MUST fail with VERSION_CONFLICT unless the stored version is `expected`; of concurrent commits on one
 *   version exactly one MUST win; the new version is `expected + 1`.
 * - `get`, `getAll`, `page` and `present` MUST see every write that resolved before they were called. Where the store is on several
 *   machines they MAY miss the last ones while one machine takes over from another; `create` and `commit` never do.
 * - `getAll` MUST return the documents that exist in the order of `ids`, and leave out the others.
 * - `page` MUST return entries in byte order of (key, id) or the reverse, each at most once per key, at most `limit`,
 *   behind `after` in that order. What is written between two pages MAY show or not.
 * - `present` MUST return those of `keys` that some document has in the index, whatever documents these are.
 * - `putAll` MUST apply its writes in order, atomically per document, idempotently; it carries no events and bumps
 *   versions. What it deletes MAY be created again from version 1. It MUST refuse with STATE_FORBIDS to delete a
 *   document that ever carried events; its writes before that one MAY have been applied.
 * - `pending` MUST return committed events until `published` removed them, at most `limit` in total and, when there are
 *   any, at least one, those of one document together and in commit order, the document whose oldest event was committed first at the head
 *   (of documents committed by different processes: first by the clocks of these).
 * - `published(id, first, count)` MUST remove the events of the document numbered `first` to `first + count - 1` that
 *   are still there, and nothing else; it MUST NOT change the document's version or content.
 * - Documents over 8 MB MUST be refused with VALUE_TOO_LARGE, and events that the log would refuse (envelope over 900 kB,
 *   key and headers together over 16 kB) as well; ids and keys that are empty, over 1,000 bytes or not
 *   well-formed Unicode with INVALID_ARGUMENT; a full disk with STORAGE_FULL, and nothing is written; reading goes on.
 * - A write MUST be refused with QUEUE_FULL, and not done, when more waits than the store was opened for. It MAY be when
 *   5 MB of events of its document wait to be published. A document MUST be taken whose index keys together are below 1 MB
 *   and that is committed with less than 5 MB of events; one with more MAY be refused with VALUE_TOO_LARGE.
 * - A write that fails with UNAVAILABLE MAY have been done.
 * - After `close` of its store every operation MUST fail with UNAVAILABLE.
 */
export interface Documents<T> {
  get(id: string): Promise<Versioned<T> | undefined>;
  getAll(ids: readonly string[]): Promise<readonly Versioned<T>[]>;
  create(id: string, doc: T, events?: readonly PendingEvent[]): Promise<Versioned<T>>;
  commit(id: string, expected: number, next: T, events?: readonly PendingEvent[]): Promise<Versioned<T>>;
  putAll(writes: readonly Write<T>[]): Promise<void>;
  /** @throws CorridorError INVALID_ARGUMENT for an index that the collection does not declare */
  page(index: string, range: KeyRange, after: PagePosition | undefined, limit: number, order?: PageOrder): Promise<Page<T>>;
  /** @throws CorridorError INVALID_ARGUMENT for an index that the collection does not declare */
  present(index: string, keys: readonly string[]): Promise<ReadonlySet<string>>;
  pending(limit: number): Promise<readonly Pending[]>;
  published(id: string, first: number, count: number): Promise<void>;
}

/** A store of collections. */
export interface DocumentStore {
  /**
   * Opens a collection, and creates it when it is missing. An index that is new is filled before this resolves; what
   * another process that does not declare it writes from then on MAY show in it some seconds late.
   * @throws CorridorError STATE_FORBIDS when it is open already
   */
  collection<T>(spec: CollectionSpec<T>): Promise<Documents<T>>;
  close(): Promise<void>;
}

/** The largest document in bytes. */
export const MAX_DOCUMENT_BYTES = 8_000_000;
/** The largest envelope of an event in bytes: what the log takes. */
export const MAX_EVENT_BYTES = 900_000;
/** The most that key and headers of an event may take together, in bytes: what the log takes. */
export const MAX_EVENT_HEADER_BYTES = 16_000;
/** The longest id or index key in UTF-8 bytes. */
export const MAX_KEY_BYTES = 1000;
