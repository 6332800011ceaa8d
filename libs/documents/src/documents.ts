/** A document as read: its content and the version that a commit must name. */
export interface Versioned<T> {
  readonly id: string;
  readonly version: number;
  readonly doc: T;
}

/**
 * What a collection is: its name, how a document is written and read, and the indexes it can be paged by. An index maps
 * a document to its keys (none, one or, over array members, several); keys are text, compared by their UTF-8 bytes.
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
  readonly version: number;
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

/** One write of a batch: create it (fails when it exists), put it whatever is there (for idempotent folds), or delete it. */
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
 * - `get` and `page` MUST see every write that resolved before they were called.
 * - `page` MUST return entries in byte order of (key, id), each at most once per key, at most `limit`.
 * - `putAll` MUST apply its writes in order, atomically per document, idempotently; it carries no events and bumps versions.
 * - `pending` MUST return committed events until `published` removed them; events of one document in commit order.
 * - `published(id, version, count)` MUST remove the first `count` events only when they are those that `pending` showed
 *   at that moment (same head); it MUST NOT change the document's version or content.
 * - Documents over 8 MB MUST be refused with VALUE_TOO_LARGE; a full disk with STORAGE_FULL, and nothing is written; reading goes on.
 */
export interface Documents<T> {
  get(id: string): Promise<Versioned<T> | undefined>;
  getAll(ids: readonly string[]): Promise<readonly Versioned<T>[]>;
  create(id: string, doc: T, events?: readonly PendingEvent[]): Promise<Versioned<T>>;
  commit(id: string, expected: number, next: T, events?: readonly PendingEvent[]): Promise<Versioned<T>>;
  putAll(writes: readonly Write<T>[]): Promise<void>;
  page(index: string, range: KeyRange, after: PagePosition | undefined, limit: number, order?: 'ascending' | 'descending'): Promise<Page<T>>;
  pending(limit: number): Promise<readonly Pending[]>;
  published(id: string, version: number, count: number): Promise<void>;
}

/** A store of collections. Opening a collection creates its indexes. */
export interface DocumentStore {
  collection<T>(spec: CollectionSpec<T>): Promise<Documents<T>>;
  close(): Promise<void>;
}

/** The largest document in bytes. */
export const MAX_DOCUMENT_BYTES = 8_000_000;
