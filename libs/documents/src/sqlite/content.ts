import { CorridorError } from '@corridor/kernel';
import { ByteReader, type ByteWriter } from '@corridor/sqlite';
import type { CollectionSpec, PendingEvent } from '../documents.ts';
import { bodyBytes, checkEventSize, keyBytes } from '../limits.ts';

/** An index of an open collection. */
export interface OpenIndex<T> {
  readonly id: number;
  readonly keys: (doc: T) => readonly string[];
}

/** u32 length, index entries; u32 length, body. @throws CorridorError VALUE_TOO_LARGE, INVALID_ARGUMENT */
export function encodeContent<T>(to: ByteWriter, doc: T, spec: CollectionSpec<T>, indexes: Iterable<OpenIndex<T>>): void {
  encodeEntries(to, doc, indexes);
  to.bytes(bodyBytes(doc, spec));
}

/** u32 length; per key of each index u16 index id, u32 length, key. A key that a document names twice counts once. */
export function encodeEntries<T>(to: ByteWriter, doc: T, indexes: Iterable<OpenIndex<T>>): void {
  const length = to.holdLength();
  for (const { id, keys } of indexes) {
    for (const key of new Set(keys(doc))) {
      to.u16(id);
      to.bytes(keyBytes(key));
    }
  }
  to.fillLength(length);
}

/** Topic, key, headers as JSON, envelope (the rest), behind their length. @throws CorridorError VALUE_TOO_LARGE */
export function encodeEvent(to: ByteWriter, { topic, key, headers, envelope }: PendingEvent): void {
  const length = to.holdLength();
  to.text(topic);
  const labels = to.text(key) + to.text(JSON.stringify(headers));
  checkEventSize(labels, envelope.length);
  to.raw(envelope);
  to.fillLength(length);
}

/** Reads a stored event. @throws CorridorError DATABASE_DAMAGED */
export function decodeEvent(bytes: Uint8Array): PendingEvent {
  try {
    const from = new ByteReader(bytes);
    const topic = from.text();
    const key = from.text();
    const headers = from.labels();
    return { topic, key, headers, envelope: from.rest() };
  } catch (cause) {
    throw new CorridorError('DATABASE_DAMAGED', 'a pending event cannot be read', {}, { cause });
  }
}
