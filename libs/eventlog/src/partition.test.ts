import { utf8 } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { murmur2, partitionOf } from './partition.ts';

describe('the partition of a key', () => {
  // From Apache Kafka, clients/src/test/java/org/apache/kafka/common/utils/UtilsTest.java, testMurmur2.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Kafka does', (text, hash) => {
    expect(murmur2(utf8(text))).toBe(hash);
  });

  it('is the positive hash modulo the number of partitions', () => {
    expect(partitionOf('foobar', 8)).toBe((-790332482 & 0x7fffffff) % 8);
    expect(partitionOf('abc', 4)).toBe(479470107 % 4);
    expect(partitionOf('anything', 1)).toBe(0);
  });

  it('reads the bytes of a slice and not of the buffer behind it', () => {
    const bytes = utf8('--foobar');
    expect(murmur2(bytes.subarray(2))).toBe(-790332482);
  });
});
