import type { DatabaseSync } from 'node:sqlite';
import { CorridorError, view } from '@corridor/kernel';
import { blob, ByteReader, type ByteWriter, integer, type Operation, type Operations } from '@corridor/sqlite';
import { PUT, TABLES } from './layout.ts';

interface Entry {
  readonly index: number;
  readonly key: Uint8Array;
}

/** What a request says of a document: u32 length, entries; u32 length, body. */
interface Content {
  readonly entries: Buffer;
  readonly body: Buffer;
}

const content = (request: ByteReader): Content => ({ entries: request.bytes(), body: request.bytes() });

/** The writes of the documents; runs on the writing thread. */
export function open(db: DatabaseSync): Operations {
  db.exec(TABLES);
  const head = db.prepare('SELECT rowid, version, events FROM document WHERE collection = ? AND id = ?');
  const oldEntries = db.prepare('SELECT entries FROM document WHERE rowid = ?');
  const insert = db.prepare(
    'INSERT INTO document (collection, id, version, events, entries, body) VALUES (?, ?, 1, ?, ?, ?) ON CONFLICT (collection, id) DO NOTHING',
  );
  const update = db.prepare('UPDATE document SET version = ?, events = ?, entries = ?, body = ? WHERE rowid = ?');
  const updateEntries = db.prepare('UPDATE document SET entries = ? WHERE rowid = ?');
  const remove = db.prepare('DELETE FROM document WHERE rowid = ?');
  const addEntry = db.prepare('INSERT INTO document_entry (index_id, key, id) VALUES (?, ?, ?)');
  const dropEntry = db.prepare('DELETE FROM document_entry WHERE index_id = ? AND key = ? AND id = ?');
  const addEvent = db.prepare('INSERT INTO document_event (collection, id, number, event) VALUES (?, ?, ?, ?)');
  const dropEvents = db.prepare('DELETE FROM document_event WHERE collection = ? AND id = ? AND number >= ? AND number < ?');
  const complete = db.prepare('UPDATE document_index SET complete = 1 WHERE id = ?');

  function addEntries(id: Uint8Array, entries: Buffer): void {
    for (const { index, key } of entriesOf(entries)) addEntry.run(index, key, id);
  }

  /** Writes only the entries that came or went. */
  function replaceEntries(id: Uint8Array, before: Buffer, after: Buffer): void {
    if (before.equals(after)) return;
    const gone = new Map<string, Entry>();
    for (const entry of entriesOf(before)) gone.set(name(entry), entry);
    for (const entry of entriesOf(after)) {
      if (!gone.delete(name(entry))) addEntry.run(entry.index, entry.key, id);
    }
    for (const { index, key } of gone.values()) dropEntry.run(index, key, id);
  }

  const entriesAt = (rowid: number): Buffer => view(blob(oldEntries.get(rowid) ?? {}, 'entries'));

  /** Adds events behind the `before` that the document carried so far. */
  function addEvents(collection: number, id: Uint8Array, before: number, events: readonly Buffer[]): void {
    for (const [place, event] of events.entries()) addEvent.run(collection, id, before + place + 1, event);
  }

  /** u32 collection, id, content, events until the end */
  const create: Operation = (request) => {
    const collection = request.u32();
    const id = request.bytes();
    const { entries, body } = content(request);
    const events = eventsOf(request);
    if (insert.run(collection, id, events.length, entries, body).changes === 0) {
      throw new CorridorError('ALREADY_EXISTS', 'a document of this id exists');
    }
    addEntries(id, entries);
    addEvents(collection, id, 0, events);
  };

  /** u32 collection, id, u53 expected version, content, events until the end */
  const commit: Operation = (request) => {
    const collection = request.u32();
    const id = request.bytes();
    const expected = request.u53();
    const stored = head.get(collection, id);
    if (stored === undefined || integer(stored, 'version') !== expected) {
      throw new CorridorError('VERSION_CONFLICT', `the document is not at version ${expected}`);
    }
    const { entries, body } = content(request);
    const events = eventsOf(request);
    const rowid = integer(stored, 'rowid');
    const before = integer(stored, 'events');
    replaceEntries(id, entriesAt(rowid), entries);
    update.run(expected + 1, before + events.length, entries, body, rowid);
    addEvents(collection, id, before, events);
  };

  function putOne(collection: number, id: Buffer, { entries, body }: Content): void {
    if (insert.run(collection, id, 0, entries, body).changes > 0) {
      addEntries(id, entries);
      return;
    }
    const stored = head.get(collection, id) ?? {};
    const rowid = integer(stored, 'rowid');
    replaceEntries(id, entriesAt(rowid), entries);
    update.run(integer(stored, 'version') + 1, integer(stored, 'events'), entries, body, rowid);
  }

  function deleteOne(collection: number, id: Buffer): void {
    const stored = head.get(collection, id);
    if (stored === undefined) return;
    if (integer(stored, 'events') > 0) throw new CorridorError('STATE_FORBIDS', 'a document that carried events is never deleted');
    const rowid = integer(stored, 'rowid');
    for (const { index, key } of entriesOf(entriesAt(rowid))) dropEntry.run(index, key, id);
    remove.run(rowid);
  }

  /** u32 collection; until the end: u8 kind, id, for a put its content */
  const put: Operation = (request) => {
    const collection = request.u32();
    while (!request.atEnd) {
      const kind = request.u8();
      const id = request.bytes();
      if (kind === PUT) putOne(collection, id, content(request));
      else deleteOne(collection, id);
    }
  };

  /** u32 collection, id, u53 first, u53 count */
  const published: Operation = (request) => {
    const collection = request.u32();
    const id = request.bytes();
    const first = request.u53();
    dropEvents.run(collection, id, first, first + request.u53());
  };

  /** u32 collection; until the end: id, entries: nobody else writes before the collection is open */
  const reindex: Operation = (request) => {
    const collection = request.u32();
    while (!request.atEnd) {
      const id = request.bytes();
      const entries = request.bytes();
      const rowid = integer(head.get(collection, id) ?? {}, 'rowid');
      replaceEntries(id, entriesAt(rowid), entries);
      updateEntries.run(entries, rowid);
    }
  };

  /** Until the end: u16 index id: all documents are in these indexes */
  const indexed: Operation = (request) => {
    while (!request.atEnd) complete.run(request.u16());
  };

  return {
    list: [(request, reply) => declare(db, request, reply), create, commit, put, published, reindex, indexed],
    undone: () => undefined,
  };
}

/** Collection name; until the end index names -> u32 collection; per index u16 id, u8 whether it is complete */
function declare(db: DatabaseSync, request: ByteReader, reply: ByteWriter): void {
  const collectionName = request.text();
  const names: string[] = [];
  while (!request.atEnd) names.push(request.text());
  db.prepare('INSERT INTO document_collection (name) VALUES (?) ON CONFLICT (name) DO NOTHING').run(collectionName);
  const found = db.prepare('SELECT id FROM document_collection WHERE name = ?').get(collectionName);
  const collection = integer(found ?? {}, 'id');
  reply.u32(collection);
  // An index that nobody declares is no longer kept up.
  db.prepare('UPDATE document_index SET complete = 0 WHERE collection = ? AND name NOT IN (SELECT value FROM json_each(?))').run(
    collection,
    JSON.stringify(names),
  );
  const add = db.prepare('INSERT INTO document_index (collection, name, complete) VALUES (?, ?, 0) ON CONFLICT (collection, name) DO NOTHING');
  const select = db.prepare('SELECT id, complete FROM document_index WHERE collection = ? AND name = ?');
  for (const index of names) {
    add.run(collection, index);
    const row = select.get(collection, index) ?? {};
    reply.u16(integer(row, 'id'));
    reply.u8(integer(row, 'complete'));
  }
}

function* entriesOf(bytes: Buffer): Generator<Entry, void, undefined> {
  for (const from = new ByteReader(bytes); !from.atEnd; ) yield { index: from.u16(), key: from.bytes() };
}

const name = ({ index, key }: Entry): string => `${index}:${view(key).toString('latin1')}`;

function eventsOf(request: ByteReader): readonly Buffer[] {
  const events: Buffer[] = [];
  while (!request.atEnd) events.push(request.bytes());
  return events;
}
