import { CorridorError } from '@corridor/kernel';
import { ByteReader, type ByteWriter } from '@corridor/sqlite';
import { MAX_ENVELOPE_BYTES, MAX_HEADER_BYTES, type NewRecord, type StoredRecord } from '../event-log.ts';

/*
 * record = time (u53, append time in ms since the epoch)
 *          key (u32 length, UTF-8)
 *          headers (u32 length, JSON object of strings)
 *          envelope (the rest)
 */

/** Bytes at the front of a record that hold its append time. */
export const TIME_BYTES = 8;

/**
 * Writes a record as it is stored.
 * @param time of appending, milliseconds since the epoch
 * @throws CorridorError VALUE_TOO_LARGE
 */
export function encodeRecord(to: ByteWriter, record: NewRecord, time: number): void {
  if (record.envelope.length > MAX_ENVELOPE_BYTES) {
    throw new CorridorError('VALUE_TOO_LARGE', `an envelope takes at most ${MAX_ENVELOPE_BYTES} bytes`);
  }
  to.u53(time);
  const labels = to.text(record.key) + to.text(JSON.stringify(record.headers));
  if (labels > MAX_HEADER_BYTES) {
    throw new CorridorError('VALUE_TOO_LARGE', `key and headers take at most ${MAX_HEADER_BYTES} bytes`);
  }
  to.raw(record.envelope);
}

/** Reads a stored record. @throws CorridorError DATABASE_DAMAGED when the bytes are none. */
export function decodeRecord(bytes: Uint8Array, topic: string, partition: number, offset: number): StoredRecord {
  try {
    const from = new ByteReader(bytes);
    from.raw(TIME_BYTES);
    const key = from.text();
    const headers = from.labels();
    return { topic, partition, offset, key, headers, envelope: from.rest() };
  } catch (cause) {
    throw new CorridorError('DATABASE_DAMAGED', `record ${offset} of partition ${partition} of ${topic} cannot be read`, {}, { cause });
  }
}

/** The append time of a record, from its first bytes. */
export const recordTime = (bytes: Uint8Array): number => new ByteReader(bytes).u53();
