/**
 * How documents lie in their database file:
 *
 *   document_collection(id, name)
 *   document_index(id, collection, name, complete)             complete = 0 until all documents are indexed
 *   document(collection, id, version, events, entries, body)   events = how many it carried so far
 *   document_entry(index_id, key, id)                          one row per key of a document
 *   document_event(sequence, collection, id, number, event)    committed, not yet published
 *
 * Ids and keys are stored as UTF-8 bytes, so that SQLite compares bytes. `entries` repeats a document's index entries,
 * so that a later write finds those that went without a second index: until its end u16 index id, u32 length, key.
 */
export const TABLES = `
  CREATE TABLE IF NOT EXISTS document_collection (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS document_index (
    id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, name TEXT NOT NULL, complete INTEGER NOT NULL, UNIQUE (collection, name)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS document (
    collection INTEGER NOT NULL, id BLOB NOT NULL, version INTEGER NOT NULL, events INTEGER NOT NULL,
    entries BLOB NOT NULL, body BLOB NOT NULL, UNIQUE (collection, id)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS document_entry (
    index_id INTEGER NOT NULL, key BLOB NOT NULL, id BLOB NOT NULL, PRIMARY KEY (index_id, key, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS document_event (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, id BLOB NOT NULL, number INTEGER NOT NULL,
    event BLOB NOT NULL, UNIQUE (collection, id, number)
  ) STRICT;
`;

/** The operations of the documents on the writing thread, by their place in its list. */
export const OPERATION = { declare: 0, create: 1, commit: 2, put: 3, published: 4, reindex: 5, indexed: 6 } as const;

/** The kinds of write in a `put` request. */
export const PUT = 0;
export const DELETE = 1;
