import { createHash } from 'node:crypto';
import type { LeafRange, NodeSource } from './node.ts';

/** Tests only: MTH(D[n]) word for word as RFC 6962, section 2.1, defines it, with a hash interface of its own. */
export function naiveRoot(leafHashes: readonly Uint8Array[]): Uint8Array {
  const [only, second] = leafHashes;
  if (only === undefined) return createHash('sha256').digest();
  if (second === undefined) return only;
  let k = 1;
  while (k * 2 < leafHashes.length) k *= 2;
  return createHash('sha256')
    .update(Uint8Array.of(1))
    .update(naiveRoot(leafHashes.slice(0, k)))
    .update(naiveRoot(leafHashes.slice(k)))
    .digest();
}

/** Tests only: SHA-256(0x00 || bytes). */
export const naiveLeaf = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(Uint8Array.of(0)).update(bytes).digest();

/** Tests only: `n` different leaf hashes. */
export const someLeaves = (n: number): readonly Uint8Array[] => Array.from({ length: n }, (_, i) => naiveLeaf(Buffer.from(`leaf ${i}`)));

/** Tests only: one leaf hash after the other. */
export const packed = (leaves: readonly Uint8Array[]): Uint8Array => Buffer.concat(leaves);

/** Tests only: a source that hashes complete subtrees of the leaves, remembers them, and lists what was read. */
export function naiveSource(leaves: readonly Uint8Array[]): NodeSource & { readonly reads: string[] } {
  const reads: string[] = [];
  const known = new Map<string, Uint8Array>();
  return {
    reads,
    node: async (level, index) => {
      const key = `${level}/${index}`;
      reads.push(key);
      const range: LeafRange = { begin: index * 2 ** level, end: (index + 1) * 2 ** level };
      if (range.end > leaves.length) throw new RangeError(`subtree ${key} is not complete`);
      const hash = known.get(key) ?? naiveRoot(leaves.slice(range.begin, range.end));
      known.set(key, hash);
      return hash;
    },
  };
}

/** Tests only: a copy with one bit flipped. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = Math.floor(bit / 8) % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit % 8));
  return copy;
}
