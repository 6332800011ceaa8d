import { CorridorError } from '@corridor/kernel';
import { Binary, type Document, Long, ObjectId } from 'mongodb';

/**
 * How a document lies in MongoDB, all of it in one: only single documents are written atomically.
 *
 *   _id         its id, as ordered text
 *   v, b        version and content
 *   r           an ObjectId, new with every write: what was read is unchanged while it stands
 *   i           which indexes the document is in: their names, sorted, as JSON
 *   s_<index>   its key in an index, when it has exactly one, as ordered text
 *   m_<index>   its keys in an index, when it has several
 *   e           how many events it carried so far
 *   p.v<n>      of the events committed as version n, while one is not published: { c: when, n: how many, l: bytes, g: places of those published }
 *   d.v<n>      these events, all of them: [{ t: topic, k: key, h: headers as JSON, b: envelope }]
 *   z           the bytes under d
 *   o           when the oldest of p was committed; absent when there is none, so that its index holds only those with some
 *
 * Every write names one _id and every other query may go to all shards: on a sharded cluster shard by _id, hashed. Names
 * are short since every document carries them. Versions name what p and d hold, so a commit needs not read first.
 */
export interface StoredDocument extends Document {
  readonly _id: string;
}

/** The field for the one key of an index, and for several. Names of fields and paths take no dots and dollars. */
export const singleField = (index: string): string => `s_${plainName(index)}`;
export const severalField = (index: string): string => `m_${plainName(index)}`;
const plainName = (name: string): string => name.replaceAll(/[^A-Za-z0-9-]/gu, (character) => `_${character.codePointAt(0)?.toString(16)}_`);

/** What `i` says of a document that is in these indexes. */
export const indexedIn = (indexes: Iterable<string>): string => JSON.stringify([...indexes].sort());

/** The names in an `i`. */
export function namesIn(indexed: unknown): readonly string[] {
  if (typeof indexed !== 'string') throw damaged('the indexes of a document');
  const names: unknown = JSON.parse(indexed);
  if (!Array.isArray(names)) throw damaged('the indexes of a document');
  return textsIn({ names }, 'names');
}

/** A whole number of a stored document. @throws CorridorError DATABASE_DAMAGED, as the others do */
export function numberIn(from: Document, field: string): number {
  const value: unknown = from[field];
  const number = Long.isLong(value) ? value.toNumber() : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw damaged(field);
  return number;
}

export function textIn(from: Document, field: string): string {
  const value: unknown = from[field];
  if (typeof value !== 'string') throw damaged(field);
  return value;
}

export function bytesIn(from: Document, field: string): Uint8Array {
  const value: unknown = from[field];
  if (value instanceof Uint8Array) return value;
  if (value instanceof Binary) return value.buffer.subarray(0, value.position);
  throw damaged(field);
}

export function revisionIn(from: Document): ObjectId {
  const value: unknown = from['r'];
  if (!(value instanceof ObjectId)) throw damaged('r');
  return value;
}

/** A part that is a document itself; empty when it is absent. */
export function partIn(from: Document, field: string): Document {
  const value: unknown = from[field];
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged(field);
  return value;
}

/** A list; empty when it is absent. */
export function listIn(from: Document, field: string): readonly unknown[] {
  const value: unknown = from[field];
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw damaged(field);
  return value;
}

/** A list of texts; empty when it is absent. */
export function textsIn(from: Document, field: string): readonly string[] {
  return listIn(from, field).map((text) => textIn({ text }, 'text'));
}

export const damaged = (what: string): CorridorError => new CorridorError('DATABASE_DAMAGED', `a stored document cannot be read: ${what}`);
