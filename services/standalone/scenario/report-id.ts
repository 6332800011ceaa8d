import { sha256, uuid, utf8, view, type Uuid } from '@corridor/kernel';

/**
 * The id of a report of a play: a UUID of version 8 (RFC 9562, section 5.8) of a time and a name. The same play has the
 * same ids, so that a play that was interrupted publishes nothing twice.
 * @param at the report's time, milliseconds since the epoch
 */
export function reportId(at: number, name: string): Uuid {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(at, 0, 6);
  bytes.set(sha256(utf8(name)).subarray(0, 10), 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = view(bytes).toString('hex');
  return uuid([hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-'));
}
