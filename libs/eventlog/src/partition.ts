import { utf8 } from '@corridor/kernel';

const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const R = 24;

/**
 * MurmurHash2, 32 bits, little-endian, as Kafka computes it (org.apache.kafka.common.utils.Utils.murmur2).
 * Returns a signed 32-bit integer.
 */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const whole = length & ~3;
  let h = SEED ^ length;
  for (let i = 0; i < whole; i += 4) {
    let k = Math.imul(view.getInt32(i, true), M);
    k = Math.imul(k ^ (k >>> R), M);
    h = Math.imul(h, M) ^ k;
  }
  let tail = 0;
  for (let i = length - 1; i >= whole; i -= 1) tail = (tail << 8) | view.getUint8(i);
  if (whole < length) h = Math.imul(h ^ tail, M);
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
}

/**
 * The partition of a key, the same in every edition: that of Kafka's default partitioner for a record with a key
 * (org.apache.kafka.clients.producer.internals.BuiltInPartitioner.partitionForKey).
 */
export const partitionOf = (key: string, partitions: number): number =>
  partitions === 1 ? 0 : (murmur2(utf8(key)) & 0x7fff_ffff) % partitions;
