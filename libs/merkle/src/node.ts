import { CorridorError } from '@corridor/kernel';
import { nodeHash, requireHash } from './hash.ts';

/**
 * A complete subtree: the leaves `[index * 2^level, (index + 1) * 2^level)`. Level 0 holds the leaf hashes. Once all its
 * leaves are in the log its hash never changes, so it may be stored and cached for ever.
 */
export interface NodeId {
  readonly level: number;
  readonly index: number;
}

/** The leaves `[begin, end)`. */
export interface LeafRange {
  readonly begin: number;
  readonly end: number;
}

/** Where hashes of complete subtrees are read from: batches, tiles, a cache. */
export interface NodeSource {
  /**
   * The hash of the complete subtree (`level`, `index`), 32 bytes.
   * It MUST be the hash of leaves that are durably in the log, MUST reject when it cannot be had, and is called for
   * several nodes at a time.
   */
  node(level: number, index: number): Promise<Uint8Array>;
}

/**
 * The complete subtrees that make up the leaves `[begin, end)`, left to right, each as large as possible. Their hashes,
 * folded from the right, are the Merkle tree hash of the range, provided that `begin` is a multiple of a power of two
 * not below the range's length; every range of a proof, and every whole tree, is like that.
 */
export function subtrees({ begin, end }: LeafRange): readonly NodeId[] {
  const nodes: NodeId[] = [];
  let at = begin;
  while (at < end) {
    let level = 0;
    let width = 1;
    while (at % (2 * width) === 0 && at + 2 * width <= end) {
      level += 1;
      width *= 2;
    }
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}

/**
 * The Merkle tree hash of neighbouring complete subtrees, given left to right from large to small (RFC 6962, section
 * 2.1: the split is at the largest power of two).
 * @throws CorridorError INVALID_ARGUMENT when none is given or one is not 32 bytes long.
 */
export function foldSubtrees(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) throw new CorridorError('INVALID_ARGUMENT', 'a range of leaves has at least one subtree', { field: 'hashes' });
  hashes.forEach(requireHash);
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}
