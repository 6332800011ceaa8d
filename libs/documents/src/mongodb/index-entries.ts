import { CorridorError } from '@corridor/kernel';
import type { Document } from 'mongodb';
import type { CollectionSpec } from '../documents.ts';
import { keyBytes } from '../limits.ts';
import { severalField, singleField } from './layout.ts';
import { toOrdered } from './ordered-text.ts';

/** What the keys of a document may take together, in bytes. With content and events it must stay below the 16 MB of a document of MongoDB. */
const MAX_KEYS_BYTES = 1_500_000;

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
    const keys = [...new Set(keysOf(doc))];
    for (const key of keys) bytes += keyBytes(key).length;
    const [single, several] = [singleField(index), severalField(index)];
    const [first] = keys;
    if (keys.length === 1 && first !== undefined) set[single] = toOrdered(first);
    else unset.push(single);
    if (keys.length > 1) set[several] = keys.map(toOrdered);
    else unset.push(several);
  }
  if (bytes > MAX_KEYS_BYTES) throw new CorridorError('VALUE_TOO_LARGE', `the index keys of a document take at most ${MAX_KEYS_BYTES} bytes together`);
  return { set, unset, bytes };
}

/** The operator that removes these fields; none when there are none, since servers refuse an empty one. */
export const unsetting = (fields: readonly string[]): Document => (fields.length === 0 ? {} : { $unset: Object.fromEntries(fields.map((field) => [field, ''])) });
