import { CorridorError, utf8 } from '@corridor/kernel';
import { ByteReader, type ByteWriter } from '@corridor/sqlite';
import {
  type CollectionSpec,
  MAX_DOCUMENT_BYTES,
  MAX_EVENT_BYTES,
  MAX_EVENT_HEADER_BYTES,
  MAX_KEY_BYTES,
  type PendingEvent,
} from '../documents.ts';

/** An index of an open collection. */
export interface OpenIndex<T> {
  readonly id: number;
  readonly keys: (doc: T) => readonly string[];
}

/** The bytes of an id or a key. @throws CorridorError INVALID_ARGUMENT when it is empty, too long or not well-formed. */
export function keyBytes(key: string): Uint8Array {
  if (key.isWellFormed()) {
    const bytes = utf8(key);
    if (bytes.length > 0 && bytes.length <= MAX_KEY_BYTES) return bytes;
  }
  throw new CorridorError('INVALID_ARGUMENT', `ids and keys take 1 to ${MAX_KEY_BYTES} bytes of well-formed text`);
}

/** u32 length, index entries; u32 length, body. @throws CorridorError VALUE_TOO_LARGE, INVALID_ARGUMENT */
export function encodeContent<T>(to: ByteWriter, doc: T, spec: CollectionSpec<T>, indexes: Iterable<OpenIndex<T>>): void {
  encodeEntries(to, doc, indexes);
  const body = spec.encode(doc);
  if (body.length > MAX_DOCUMENT_BYTES) {
    throw new CorridorError('VALUE_TOO_LARGE', `a document takes at most ${MAX_DOCUMENT_BYTES} bytes`);
  }
  to.bytes(body);
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
  if (labels > MAX_EVENT_HEADER_BYTES || envelope.length > MAX_EVENT_BYTES) {
    throw new CorridorError('VALUE_TOO_LARGE', 'an event takes no more than the log does');
  }
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
