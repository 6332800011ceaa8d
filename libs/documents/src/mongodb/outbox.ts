import { CorridorError, utf8 } from '@corridor/kernel';
import { Binary, type Collection, type Document, ObjectId } from 'mongodb';
import type { Pending, PendingEvent } from '../documents.ts';
import { checkEventSize } from '../limits.ts';
import { bytesIn, damaged, listIn, numberIn, partIn, revisionIn, type StoredDocument, textIn } from './layout.ts';
import { fromOrdered } from './ordered-text.ts';
import { unsetting } from './index-entries.ts';

/** What the events of a document that wait to be published may take, in bytes. */
export const MAX_PENDING_BYTES = 6_000_000;
/** What an event takes beside its bytes. */
const EVENT_OVERHEAD = 100;
/** What is read of events at a time, in bytes. */
const READ_BYTES = 2 << 20;
/** How many documents come with one answer of the server. */
const BATCH = 20;

/** Events to be stored with a version of a document. */
export interface NewEvents {
  readonly count: number;
  readonly bytes: number;
  readonly content: readonly Document[];
}

/** @throws CorridorError VALUE_TOO_LARGE */
export function newEvents(events: readonly PendingEvent[]): NewEvents {
  let bytes = 0;
  const content = events.map(({ topic, key, headers, envelope }) => {
    const h = JSON.stringify(headers);
    const labels = utf8(key).length + utf8(h).length;
    checkEventSize(labels, envelope.length);
    bytes += EVENT_OVERHEAD + utf8(topic).length + labels + envelope.length;
    return { t: topic, k: key, h, b: new Binary(envelope) };
  });
  if (bytes > MAX_PENDING_BYTES) throw new CorridorError('VALUE_TOO_LARGE', `the events of one write take at most ${MAX_PENDING_BYTES} bytes`);
  return { count: events.length, bytes, content };
}

/** The name under which the events of a version stand in `p` and `d`. */
const versionName = (version: number): string => `v${version}`;

/** The fields `p` and `d` of events committed as a version. */
export function eventFields(version: number, { count, bytes, content }: NewEvents, stamp: number): { readonly p: Document; readonly d: Document } {
  const name = versionName(version);
  return { p: { [name]: { c: stamp, n: count, l: bytes } }, d: { [name]: content } };
}

/** The events committed with one version, while one of them is not published. */
interface Batch {
  readonly name: string;
  readonly stamp: number;
  readonly bytes: number;
  /** The number of its first event. */
  readonly first: number;
  readonly count: number;
  /** The numbers of those that are published. */
  readonly gone: ReadonlySet<number>;
}

/** What of a document's events waits, oldest first. Numbers count back from the newest: all behind the oldest that waits are there, published or not. */
function batchesOf(stored: Document): readonly Batch[] {
  const parts = partIn(stored, 'p');
  const names = Object.keys(parts).sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
  const sized = names.map((name) => ({ name, part: partIn(parts, name) }));
  let first = numberIn(stored, 'e') + 1 - sized.reduce((sum, { part }) => sum + numberIn(part, 'n'), 0);
  return sized.map(({ name, part }) => {
    const start = first;
    const count = numberIn(part, 'n');
    first += count;
    const gone = new Set(listIn(part, 'g').map((place) => start + numberIn({ place }, 'place')));
    return { name, stamp: numberIn(part, 'c'), bytes: numberIn(part, 'l'), first: start, count, gone };
  });
}

const isDone = ({ count, gone }: Batch): boolean => gone.size === count;

/** Events that are committed and not yet published, of the document whose oldest was committed first at the head. */
export async function pendingEvents(collection: Collection<StoredDocument>, limit: number): Promise<readonly Pending[]> {
  if (limit < 1) return [];
  const found = collection.find({ o: { $gt: 0 } }, { projection: { e: 1, p: 1, d: 1 }, batchSize: BATCH }).sort({ o: 1, _id: 1 }).limit(limit);
  const pending: Pending[] = [];
  let left = limit;
  let bytes = 0;
  for await (const stored of found) {
    const shown = pendingOf(stored).slice(0, left);
    const [head] = shown;
    if (head === undefined) continue;
    // What was published out of order parts the rest: they follow in a later round.
    const gap = shown.findIndex(({ number }, place) => number !== head.number + place);
    const events = shown.slice(0, gap < 0 ? undefined : gap).map(({ event }) => event);
    pending.push({ id: fromOrdered(stored._id), first: head.number, events });
    left -= events.length;
    bytes += events.reduce((sum, { envelope }) => sum + envelope.length, 0);
    if (left === 0 || bytes >= READ_BYTES) break;
  }
  return pending;
}

function pendingOf(stored: Document): readonly { readonly number: number; readonly event: PendingEvent }[] {
  const content = partIn(stored, 'd');
  return batchesOf(stored).flatMap((batch) =>
    listIn(content, batch.name).flatMap((event, place) => (batch.gone.has(batch.first + place) ? [] : [{ number: batch.first + place, event: eventOf(event) }])),
  );
}

function eventOf(stored: unknown): PendingEvent {
  if (typeof stored !== 'object' || stored === null) throw damaged('an event');
  const headers: unknown = JSON.parse(textIn(stored, 'h'));
  if (typeof headers !== 'object' || headers === null) throw damaged('the headers of an event');
  const labels = Object.fromEntries(Object.keys(headers).map((name) => [name, textIn(headers, name)]));
  return { topic: textIn(stored, 't'), key: textIn(stored, 'k'), headers: labels, envelope: bytesIn(stored, 'b') };
}

/** Removes events by their numbers, without a change of version or content. Whoever writes meanwhile goes first. */
export async function removePublished(collection: Collection<StoredDocument>, id: string, first: number, count: number): Promise<void> {
  for (;;) {
    const stored = await collection.findOne({ _id: id }, { projection: { e: 1, p: 1, r: 1 } });
    if (stored === null) return;
    const removal = removalOf(batchesOf(stored), first, count);
    if (removal === undefined) return;
    const { matchedCount } = await collection.updateOne({ _id: id, r: revisionIn(stored) }, removal);
    if (matchedCount > 0) return;
  }
}

/** The update that marks events as published; undefined when none of them waits. Those at the head that are published altogether go; others stay in the count. */
function removalOf(batches: readonly Batch[], first: number, count: number): Document | undefined {
  const marked = batches.map((batch) => ({ ...batch, gone: batch.gone.union(numbersIn(batch, first, count)) }));
  if (marked.every(({ gone }, place) => gone.size === batches[place]?.gone.size)) return undefined;
  const oldestLeft = marked.findIndex((batch) => !isDone(batch));
  const kept = oldestLeft < 0 ? [] : marked.slice(oldestLeft);
  const changed = kept.filter(({ name, gone }) => gone.size !== batches.find((batch) => batch.name === name)?.gone.size);
  const set = Object.fromEntries(changed.map(({ name, first: start, gone }) => [`p.${name}.g`, Array.from(gone, (number) => number - start)]));
  const unset = [
    ...marked.filter((batch) => !kept.includes(batch)).flatMap(({ name }) => [`p.${name}`, `d.${name}`]),
    ...(kept.length === 0 ? ['o'] : []),
  ];
  const freed = marked.filter((batch) => !kept.includes(batch)).reduce((sum, { bytes }) => sum + bytes, 0);
  const [oldest] = kept;
  return { $set: { ...set, r: new ObjectId(), ...(oldest === undefined ? {} : { o: oldest.stamp }) }, $inc: { z: 0 - freed }, ...unsetting(unset) };
}

/** Of these numbers those that the batch has. */
function numbersIn(batch: Batch, first: number, count: number): Set<number> {
  const from = Math.max(first, batch.first);
  const to = Math.min(first + count, batch.first + batch.count);
  return new Set(Array.from({ length: Math.max(0, to - from) }, (_, place) => from + place));
}
