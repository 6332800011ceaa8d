import type { Collection, Document } from 'mongodb';
import type { KeyRange, PageOrder, PagePosition } from '../documents.ts';
import { namesIn, severalField, singleField, type StoredDocument, textIn, textsIn } from './layout.ts';
import { toOrdered } from './ordered-text.ts';

/** So many entries beyond a page are gathered before they are put into order and cut. */
const SORTED_AT_ONCE = 2000;

/** An entry of an index: key and id as ordered text, and the document when it came along. */
export interface Entry {
  readonly key: string;
  readonly id: string;
  readonly stored?: StoredDocument;
}

/** What to look for in the fields of an index. */
export interface PageQuery {
  readonly single: string;
  readonly several: string;
  readonly isAscending: boolean;
  /** The keys that may be on the page. */
  readonly keys: Document;
  /** The entries that may be, as a filter for the field of the single key: not all of these keys when the page begins among the ids of one. */
  readonly entries: Document;
  /** Whether an entry may be on the page. */
  has(key: string, id: string): boolean;
}

/** The projection of an index's keys: the single one, then several. */
export const keysOf = (index: string): Document => ({ [singleField(index)]: 1, [severalField(index)]: 1 });

/** What to look for; undefined when nothing can be there. */
export function pageQuery(index: string, range: KeyRange, position: PagePosition | undefined, order: PageOrder): PageQuery | undefined {
  const from = toOrdered(range.from);
  const to = range.to === undefined ? undefined : toOrdered(range.to);
  const isAscending = order === 'ascending';
  const [single, several] = [singleField(index), severalField(index)];
  const upTo: Document = to === undefined ? {} : { $lt: to };
  const isInRange = (key: string): boolean => key >= from && (to === undefined || key < to);
  const after = position === undefined ? undefined : { key: toOrdered(position.key), id: toOrdered(position.id) };
  if (after === undefined || !isInRange(after.key)) {
    const isBehind = after !== undefined && (isAscending ? after.key >= from : after.key < from);
    const keys = { $gte: from, ...upTo };
    return isBehind ? undefined : { single, several, isAscending, keys, entries: { [single]: keys }, has: isInRange };
  }
  const { key, id } = after;
  const [keys, others, ids] = isAscending ? [{ $gte: key, ...upTo }, { $gt: key, ...upTo }, { $gt: id }] : [{ $gte: from, $lte: key }, { $gte: from, $lt: key }, { $lt: id }];
  return {
    single,
    several,
    isAscending,
    keys,
    entries: { $or: [{ [single]: key, _id: ids }, { [single]: others }] },
    has: (k, i) => isInRange(k) && compare({ key: k, id: i }, after) * (isAscending ? 1 : -1) > 0,
  };
}

/** The first entries of a page, at most `most`, each once. */
export async function entriesOf(collection: Collection<StoredDocument>, query: PageQuery, most: number): Promise<readonly Entry[]> {
  const [single, several] = await Promise.all([singleEntries(collection, query, most), severalEntries(collection, query, most)]);
  // Of documents that went from one key to several in between, one of the two knows the document.
  const entries = inOrder([...single, ...several], query);
  return entries.filter((entry, place) => place === 0 || compare(entries[place - 1] ?? entry, entry) !== 0).slice(0, most);
}

/** Entries of documents with one key, by an index that has them in their order. */
async function singleEntries(collection: Collection<StoredDocument>, query: PageQuery, most: number): Promise<readonly Entry[]> {
  const { single } = query;
  const found = await collection
    .find(query.entries, { projection: { v: 1, b: 1, i: 1, [single]: 1 } })
    .sort(sorting(single, query))
    .limit(most)
    .toArray();
  return found.map((stored) => ({ key: textIn(stored, single), id: stored._id, stored }));
}

/**
 * Entries of documents with several keys. The index finds the documents with a key in the range; which of their keys are
 * first is found out here, so a range over several keys is read whole for each of its pages: keys only, not content, and
 * no more is held than a page takes. Such indexes are for ranges of few documents.
 */
async function severalEntries(collection: Collection<StoredDocument>, query: PageQuery, most: number): Promise<readonly Entry[]> {
  const { several } = query;
  let first: Entry[] = [];
  for await (const stored of collection.find({ [several]: { $elemMatch: query.keys } }, { projection: { [several]: 1 } })) {
    for (const key of textsIn(stored, several)) if (query.has(key, stored._id)) first.push({ key, id: stored._id });
    if (first.length > most + SORTED_AT_ONCE) first = inOrder(first, query).slice(0, most);
  }
  return inOrder(first, query).slice(0, most);
}

/** Those of these keys that documents have in an index. What a replica without the index wrote has old keys: it does not count. */
export async function keysPresent(collection: Collection<StoredDocument>, index: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const [single, several] = [singleField(index), severalField(index)];
  const wanted = new Set(keys);
  const present = new Set<string>();
  const look = async (field: string, read: (stored: StoredDocument) => readonly string[]): Promise<void> => {
    for await (const stored of collection.find({ [field]: { $in: keys } }, { projection: { i: 1, [field]: 1 } })) {
      if (!namesIn(stored['i']).includes(index)) continue;
      for (const key of read(stored)) if (wanted.has(key)) present.add(key);
    }
  };
  await Promise.all([look(single, (stored) => [textIn(stored, single)]), look(several, (stored) => textsIn(stored, several))]);
  return present;
}

const inOrder = (entries: readonly Entry[], { isAscending }: PageQuery): Entry[] => entries.toSorted((a, b) => compare(a, b) * (isAscending ? 1 : -1));

const sorting = (field: string, { isAscending }: PageQuery): Record<string, 1 | -1> => ({ [field]: isAscending ? 1 : -1, _id: isAscending ? 1 : -1 });

/** By key, then id; of ordered texts the units sort as their bytes do. */
function compare(a: Pick<Entry, 'key' | 'id'>, b: Pick<Entry, 'key' | 'id'>): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return 0;
}
