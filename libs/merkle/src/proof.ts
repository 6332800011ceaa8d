import { CorridorError } from '@corridor/kernel';
import { EMPTY_ROOT, requireSize } from './hash.ts';
import { foldSubtrees, subtrees, type LeafRange, type NodeId, type NodeSource } from './node.ts';

/**
 * Which complete subtrees a proof is made of: one entry for each hash of the proof, in its order, holding the subtrees
 * whose hashes `foldSubtrees` turns into it. All but at most one entry hold a single subtree; that one is the ragged
 * right edge of the tree, which is never stored.
 */
export type ProofPlan = readonly (readonly NodeId[])[];

/** The largest power of two below `n`; `n` > 1 (the k of RFC 6962, section 2.1). */
function splitPoint(n: number): number {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

/**
 * The leaves under each hash of the inclusion proof PATH(index, D[size]) (RFC 6962, section 2.1.1).
 * @throws CorridorError INVALID_ARGUMENT unless 0 <= index < size.
 */
export function inclusionRanges(index: number, size: number): readonly LeafRange[] {
  requireSize(size);
  requireSize(index, 'index');
  if (index >= size) throw outOfRange(`leaf ${index} is not in a tree of ${size} leaves`, 'index');
  const fromTheRoot: LeafRange[] = [];
  let begin = 0;
  let end = size;
  while (end - begin > 1) {
    const middle = begin + splitPoint(end - begin);
    if (index < middle) {
      fromTheRoot.push({ begin: middle, end });
      end = middle;
    } else {
      fromTheRoot.push({ begin, end: middle });
      begin = middle;
    }
  }
  return fromTheRoot.reverse();
}

/**
 * The leaves under each hash of the consistency proof PROOF(size1, D[size2]) (RFC 6962, section 2.1.2).
 * @throws CorridorError INVALID_ARGUMENT unless 0 < size1 <= size2: every tree extends the empty one, so there is nothing
 * to prove.
 */
export function consistencyRanges(size1: number, size2: number): readonly LeafRange[] {
  requireSize(size1, 'size1');
  requireSize(size2, 'size2');
  if (size1 === 0) throw outOfRange('no proof is needed, or can be given, that a tree extends the empty tree', 'size1');
  if (size1 > size2) throw outOfRange(`a tree of ${size2} leaves does not extend one of ${size1}`, 'size1');
  const fromTheRoot: LeafRange[] = [];
  let begin = 0;
  let end = size2;
  while (end !== size1) {
    const middle = begin + splitPoint(end - begin);
    if (size1 <= middle) {
      fromTheRoot.push({ begin: middle, end });
      end = middle;
    } else {
      fromTheRoot.push({ begin, end: middle });
      begin = middle;
    }
  }
  // A subtree that starts at 0 is the whole earlier tree, whose root the verifier holds already.
  if (begin > 0) fromTheRoot.push({ begin, end });
  return fromTheRoot.reverse();
}

/** The subtrees to read for the inclusion proof of leaf `index` in a tree of `size` leaves. @throws as `inclusionRanges`. */
export const inclusionPlan = (index: number, size: number): ProofPlan => inclusionRanges(index, size).map(subtrees);

/** The subtrees to read for the proof that `size2` leaves extend the first `size1`. @throws as `consistencyRanges`. */
export const consistencyPlan = (size1: number, size2: number): ProofPlan => consistencyRanges(size1, size2).map(subtrees);

/** Reads the subtrees of a plan and makes the proof of them. Rejects when the source does. */
export async function readProof(source: NodeSource, plan: ProofPlan): Promise<readonly Uint8Array[]> {
  return Promise.all(
    plan.map(async (nodes) => foldSubtrees(await Promise.all(nodes.map(({ level, index }) => source.node(level, index))))),
  );
}

/** The inclusion proof of leaf `index` in the tree of the first `size` leaves: from the leaf's sibling to the root's child. */
export const proveInclusion = async (source: NodeSource, index: number, size: number): Promise<readonly Uint8Array[]> =>
  readProof(source, inclusionPlan(index, size));

/** The proof that the tree of the first `size2` leaves extends that of the first `size1`; empty when they are equal. */
export const proveConsistency = async (source: NodeSource, size1: number, size2: number): Promise<readonly Uint8Array[]> =>
  readProof(source, consistencyPlan(size1, size2));

/** The root of the tree of the first `size` leaves, now or as it stood at an earlier size; reads at most 53 nodes. */
export async function readRoot(source: NodeSource, size: number): Promise<Uint8Array> {
  requireSize(size);
  if (size === 0) return EMPTY_ROOT;
  const nodes = subtrees({ begin: 0, end: size });
  return foldSubtrees(await Promise.all(nodes.map(({ level, index }) => source.node(level, index))));
}

const outOfRange = (message: string, field: string): CorridorError => new CorridorError('INVALID_ARGUMENT', message, { field });
