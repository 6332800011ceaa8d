import { equalBytes } from '@corridor/kernel';
import { EMPTY_ROOT, HASH_SIZE, nodeHash } from './hash.ts';

/** "The leaf with this hash is number `index` of the tree with this size and root; `path` proves it." */
export interface InclusionClaim {
  readonly leafHash: Uint8Array;
  readonly index: number;
  /** Size and root MUST come from one signed checkpoint: a path alone does not tell all sizes apart. */
  readonly size: number;
  readonly root: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** "The tree of size2 and root2 begins with the tree of size1 and root1; `path` proves it." */
export interface ConsistencyClaim {
  /** Each size and its root MUST come from one signed checkpoint. */
  readonly size1: number;
  readonly root1: Uint8Array;
  readonly size2: number;
  readonly root2: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** Why a proof does not prove its claim. */
export type ProofFault =
  | 'size-invalid'
  | 'index-out-of-range'
  | 'hash-length'
  | 'first-tree-empty'
  | 'first-tree-larger'
  | 'path-too-short'
  | 'path-too-long'
  | 'first-root-differs'
  | 'root-differs';

/** Each fault as the end of a sentence that begins with "the proof fails:". */
export const PROOF_FAULT_TEXT: Readonly<Record<ProofFault, string>> = {
  'size-invalid': 'a tree size is not a whole number from 0 to 2^53-1',
  'index-out-of-range': 'the leaf index is not below the tree size',
  'hash-length': 'a hash is not 32 bytes long',
  'first-tree-empty': 'the first tree is empty, and every tree extends the empty one',
  'first-tree-larger': 'the first tree is larger than the second',
  'path-too-short': 'the path has fewer hashes than the tree size demands',
  'path-too-long': 'the path has more hashes than the tree size demands',
  'first-root-differs': 'the path does not lead to the root of the first tree',
  'root-differs': 'the path does not lead to the root of the tree',
};

/** Whether an inclusion proof holds (RFC 9162, section 2.1.3.2; the same trees as RFC 6962). Never throws. */
export const verifyInclusion = (claim: InclusionClaim): boolean => inclusionFault(claim) === undefined;

/**
 * Whether a consistency proof holds (RFC 9162, section 2.1.4.2). Never throws. Equal sizes hold when the roots are equal
 * and the path is empty. An empty first tree is refused unless the second is empty too: it binds the second to nothing.
 */
export const verifyConsistency = (claim: ConsistencyClaim): boolean => consistencyFault(claim) === undefined;

/** Why an inclusion proof does not hold; undefined when it does. */
export function inclusionFault({ leafHash, index, size, root, path }: InclusionClaim): ProofFault | undefined {
  if (!isSize(size)) return 'size-invalid';
  if (!isSize(index) || index >= size) return 'index-out-of-range';
  if (![leafHash, root, ...path].every(isHash)) return 'hash-length';
  const climb = new Climb(index, size - 1);
  let hash = leafHash;
  for (const sibling of path) {
    const side = climb.next();
    if (side === 'top') return 'path-too-long';
    hash = side === 'left' ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  }
  if (!climb.atTop()) return 'path-too-short';
  return equalBytes(hash, root) ? undefined : 'root-differs';
}

/** Why a consistency proof does not hold; undefined when it does. */
export function consistencyFault({ size1, root1, size2, root2, path }: ConsistencyClaim): ProofFault | undefined {
  if (!isSize(size1) || !isSize(size2)) return 'size-invalid';
  if (![root1, root2, ...path].every(isHash)) return 'hash-length';
  if (size1 > size2) return 'first-tree-larger';
  if (size1 === size2) return sameTreeFault(size1, root1, root2, path);
  if (size1 === 0) return 'first-tree-empty';
  const climb = new Climb(size1 - 1, size2 - 1);
  climb.skipRightChildren();
  // When the first tree is one complete subtree, its root is where both climbs begin.
  const [seed, ...siblings] = climb.index === 0 ? [root1, ...path] : path;
  if (seed === undefined) return 'path-too-short';
  let first = seed;
  let second = seed;
  for (const sibling of siblings) {
    const side = climb.next();
    if (side === 'top') return 'path-too-long';
    if (side === 'left') first = nodeHash(sibling, first);
    second = side === 'left' ? nodeHash(sibling, second) : nodeHash(second, sibling);
  }
  if (!climb.atTop()) return 'path-too-short';
  if (!equalBytes(first, root1)) return 'first-root-differs';
  return equalBytes(second, root2) ? undefined : 'root-differs';
}

function sameTreeFault(size: number, root1: Uint8Array, root2: Uint8Array, path: readonly Uint8Array[]): ProofFault | undefined {
  if (path.length > 0) return 'path-too-long';
  if (size === 0 && !equalBytes(root1, EMPTY_ROOT)) return 'first-root-differs';
  return equalBytes(root1, root2) ? undefined : 'root-differs';
}

/**
 * The way from a node up to the root: `index` is the node's number on its level, `last` that of the level's last node
 * (fn and sn of RFC 9162). Divides instead of shifting, since sizes exceed 32 bits.
 */
class Climb {
  index: number;
  #last: number;

  constructor(index: number, last: number) {
    this.index = index;
    this.#last = last;
  }

  atTop(): boolean {
    return this.#last === 0;
  }

  /** Goes up while the node is a right child, as PROOF begins at the largest complete subtree that ends the first tree. */
  skipRightChildren(): void {
    while (this.index % 2 === 1) this.#up();
  }

  /** On which side the next hash of the path stands; goes above it. */
  next(): 'left' | 'right' | 'top' {
    if (this.atTop()) return 'top';
    const left = this.index % 2 === 1 || this.index === this.#last;
    if (left) while (this.index % 2 === 0 && this.index !== 0) this.#up();
    this.#up();
    return left ? 'left' : 'right';
  }

  #up(): void {
    this.index = Math.floor(this.index / 2);
    this.#last = Math.floor(this.#last / 2);
  }
}

const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isHash = (bytes: Uint8Array): boolean => bytes.length === HASH_SIZE;
