import { CorridorError, utf8 } from '@corridor/kernel';
import { MAX_ENVELOPE_BYTES, MAX_HEADER_BYTES, type NewRecord, type StoredRecord } from '../event-log.ts';
import type { Fetched, FetchedHeaders, WireRecord } from './wire.ts';

/*
 * A record on Kafka: key = the key in UTF-8, value = the envelope, headers = the headers in UTF-8. The headers of an
 * envelope are those of the CloudEvents binary mode already, so any Kafka client reads a topic as CloudEvents.
 */

/** What the format of a batch adds to a record and to each of its headers at most, bytes. */
const RECORD_FRAME = 40;
const HEADER_FRAME = 10;

/** A record as it is sent, and the bytes that it takes in a batch, at most. */
export interface Sendable extends WireRecord {
  readonly bytes: number;
}

/** @throws CorridorError VALUE_TOO_LARGE */
export function encodeRecord({ key, envelope, headers }: NewRecord): Sendable {
  if (envelope.length > MAX_ENVELOPE_BYTES) throw new CorridorError('VALUE_TOO_LARGE', `an envelope takes at most ${MAX_ENVELOPE_BYTES} bytes`);
  const bytesOfKey = utf8(key);
  let labels = bytesOfKey.length;
  let frames = RECORD_FRAME;
  for (const [name, value] of Object.entries(headers)) {
    labels += Buffer.byteLength(name) + Buffer.byteLength(value);
    frames += HEADER_FRAME;
  }
  if (labels > MAX_HEADER_BYTES) throw new CorridorError('VALUE_TOO_LARGE', `key and headers take at most ${MAX_HEADER_BYTES} bytes`);
  return { key: bytesOfKey, value: Buffer.from(envelope.buffer, envelope.byteOffset, envelope.length), headers, bytes: envelope.length + labels + frames };
}

/** A record as it was fetched. It is copied: a piece of an answer would keep the whole answer in memory. */
export const decodeRecord = ({ offset, key, value, headers }: Fetched['records'][number], topic: string, partition: number): StoredRecord => ({
  topic,
  partition,
  offset,
  key: key === null ? '' : key.toString(),
  envelope: value === null ? new Uint8Array() : Buffer.from(value),
  headers: decodeHeaders(headers),
});

function decodeHeaders(headers: FetchedHeaders): Readonly<Record<string, string>> {
  const decoded: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    decoded[name] = value instanceof Buffer ? value.toString() : '';
  }
  return decoded;
}
