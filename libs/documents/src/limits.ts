import { CorridorError, utf8 } from '@corridor/kernel';
import { type CollectionSpec, MAX_DOCUMENT_BYTES, MAX_EVENT_BYTES, MAX_EVENT_HEADER_BYTES, MAX_KEY_BYTES } from './documents.ts';

/** The bytes of an id or a key. @throws CorridorError INVALID_ARGUMENT when it is empty, too long or not well-formed. */
export function keyBytes(key: string): Uint8Array {
  if (key.isWellFormed()) {
    const bytes = utf8(key);
    if (bytes.length > 0 && bytes.length <= MAX_KEY_BYTES) return bytes;
  }
  throw new CorridorError('INVALID_ARGUMENT', `ids and keys take 1 to ${MAX_KEY_BYTES} bytes of well-formed text`);
}

/** The bytes of a document. @throws CorridorError VALUE_TOO_LARGE */
export function bodyBytes<T>(doc: T, spec: CollectionSpec<T>): Uint8Array {
  const body = spec.encode(doc);
  if (body.length > MAX_DOCUMENT_BYTES) {
    throw new CorridorError('VALUE_TOO_LARGE', `a document takes at most ${MAX_DOCUMENT_BYTES} bytes`);
  }
  return body;
}

/** Refuses an event by the bytes of its key and headers together and of its envelope. @throws CorridorError VALUE_TOO_LARGE */
export function checkEventSize(labels: number, envelope: number): void {
  if (labels > MAX_EVENT_HEADER_BYTES || envelope > MAX_EVENT_BYTES) {
    throw new CorridorError('VALUE_TOO_LARGE', 'an event takes no more than the log does');
  }
}
