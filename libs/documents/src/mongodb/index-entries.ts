import { CorridorError, utf8 } from '@corridor/kernel';
import type { Document } from 'mongodb';
import type { CollectionSpec } from '../documents.ts';
import { keyBytes } from '../limits.ts';
import { severalField, singleField } from './layout.ts';
import { toOrdered } from './ordered-text.ts';

/** What the keys of a document may take together, in bytes. With content and events it must stay below the 16 MB of a document of MongoDB. */
const MAX_KEYS_BYTES = 1_500_000;
/** What a key takes beside its text. */
const KEY_OVERHEAD = 12;

/** The fields that put a document into indexes: those to set, and those that must not be there. */
export interface IndexEntries {
  readonly set: Document;
  readonly unset: readonly string[];
  readonly bytes: number;
}

/** The entries of a document in these indexes. @throws CorridorError INVALID_ARGUMENT, VALUE_TOO_LARGE */
export function indexEntries<T>(doc: T, { indexes }: CollectionSpec<T>): IndexEntries {
  const set: Document = {};
  const unset: string[] = [];
  let bytes = 0;
  for (const [index, keysOf] of Object.entries(indexes)) {
    const keys = Array.from(new Set(keysOf(doc)), storedKey);
    for (const key of keys) bytes += KEY_OVERHEAD + utf8(key).length;
    const [single, several] = [singleField(index), severalField(index)];
    const [first] = keys;
    if (keys.length === 1 && first !== undefined) set[single] = first;
    else unset.push(single);
    if (keys.length > 1) set[several] = keys;
    else unset.push(several);
  }
  if (bytes > MAX_KEYS_BYTES) throw new CorridorError('VALUE_TOO_LARGE', `the index keys of a document take at most ${MAX_KEYS_BYTES} bytes together`);
  return { set, unset, bytes };
}

/** An id or a key as it is stored. @throws CorridorError INVALID_ARGUMENT */
export function storedKey(key: string): string {
  keyBytes(key);
  return toOrdered(key);
}

/** The operator that removes these fields; none when there are none, since servers refuse an empty one. */
export const unsetting = (fields: readonly string[]): Document => (fields.length === 0 ? {} : { $unset: Object.fromEntries(fields.map((field) => [field, ''])) });
