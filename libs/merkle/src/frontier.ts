import { CorridorError, view } from '@corridor/kernel';
import { EMPTY_ROOT, HASH_SIZE, requireHash, requireSize, SiblingPair } from './hash.ts';
import { subtrees, type NodeSource } from './node.ts';

/** Sizes stay below 2^53, so no complete subtree is higher than level 52. */
const LEVELS = 53;
const SIZE_BYTES = 8;

/**
 * Told of every subtree that an append completes, from its leaf (level 0) upwards; `hash` is the receiver's to keep.
 * What it receives over the life of a tree is every node a `NodeSource` can be asked for.
 */
export type OnSubtree = (level: number, index: number, hash: Uint8Array) => void;

/**
 * The right edge of an append-only RFC 6962 tree: the hashes of the complete subtrees whose leaves make up the tree, at
 * most one for each level. That is all that appending and the root need; 1,700 bytes however large the tree.
 */
export class Frontier {
  /** The subtree of level l, when bit l of the size is set, lies at byte 32 l. */
  readonly #subtrees = Buffer.alloc(LEVELS * HASH_SIZE);
  readonly #pair = new SiblingPair();
  #size = 0;

  /** Number of leaves. */
  get size(): number {
    return this.#size;
  }

  /**
   * Appends one leaf hash and returns its index; amortised one SHA-256 of 65 bytes.
   * @throws CorridorError INVALID_ARGUMENT when the hash is not 32 bytes long; nothing is appended.
   */
  append(leaf: Uint8Array, onSubtree?: OnSubtree): number {
    requireHash(leaf);
    return this.#append(view(leaf), 0, onSubtree);
  }

  /**
   * Appends leaf hashes that lie one after the other in `leaves`. The call holds the event loop for about half a
   * microsecond per leaf: hand over large batches in parts.
   * @throws CorridorError INVALID_ARGUMENT when the length is no multiple of 32; nothing is appended.
   */
  appendAll(leaves: Uint8Array, onSubtree?: OnSubtree): void {
    requirePacked(leaves);
    const from = view(leaves);
    for (let at = 0; at < from.length; at += HASH_SIZE) this.#append(from, at, onSubtree);
  }

  /** The tree's root, 32 bytes; at most 52 hashes. Of the empty tree: SHA-256 of nothing. */
  root(): Uint8Array {
    if (this.#size === 0) return EMPTY_ROOT;
    let level = 0;
    let rest = this.#size;
    while (rest % 2 === 0) {
      rest /= 2;
      level += 1;
    }
    this.#pair.setRight(this.#subtrees, level * HASH_SIZE);
    for (rest = (rest - 1) / 2, level += 1; rest > 0; rest = Math.floor(rest / 2), level += 1) {
      if (rest % 2 === 1) this.#pair.foldLeft(this.#subtrees, level * HASH_SIZE);
    }
    return this.#pair.right();
  }

  /** The state as bytes: the size as 64-bit big-endian number, then the subtree hashes from the largest to the smallest. */
  toBytes(): Uint8Array {
    const nodes = subtrees({ begin: 0, end: this.#size });
    const bytes = Buffer.alloc(SIZE_BYTES + nodes.length * HASH_SIZE);
    bytes.writeBigUInt64BE(BigInt(this.#size));
    nodes.forEach(({ level }, i) => {
      this.#subtrees.copy(bytes, SIZE_BYTES + i * HASH_SIZE, level * HASH_SIZE, (level + 1) * HASH_SIZE);
    });
    return bytes;
  }

  /**
   * Restores a state written by `toBytes`. The hashes themselves cannot be checked here: compare `root()` with the last
   * signed checkpoint before appending.
   * @throws CorridorError INVALID_ARGUMENT when the length does not fit the size.
   */
  static fromBytes(bytes: Uint8Array): Frontier {
    const from = view(bytes);
    if (from.length < SIZE_BYTES) throw malformed('it has fewer than 8 bytes');
    const size = Number(from.readBigUInt64BE());
    requireSize(size);
    const nodes = subtrees({ begin: 0, end: size });
    if (from.length !== SIZE_BYTES + nodes.length * HASH_SIZE) {
      throw malformed(`a tree of ${size} leaves has ${nodes.length} subtree hashes of ${HASH_SIZE} bytes`);
    }
    const frontier = new Frontier();
    frontier.#size = size;
    nodes.forEach(({ level }, i) => {
      const at = SIZE_BYTES + i * HASH_SIZE;
      from.copy(frontier.#subtrees, level * HASH_SIZE, at, at + HASH_SIZE);
    });
    return frontier;
  }

  /** The frontier of the first `size` leaves of a stored tree; reads at most 53 nodes. */
  static async read(source: NodeSource, size: number): Promise<Frontier> {
    requireSize(size);
    const nodes = subtrees({ begin: 0, end: size });
    const frontier = new Frontier();
    frontier.#size = size;
    await Promise.all(
      nodes.map(async ({ level, index }) => {
        const hash = await source.node(level, index);
        requireHash(hash);
        frontier.#subtrees.set(hash, level * HASH_SIZE);
      }),
    );
    return frontier;
  }

  #append(from: Buffer, offset: number, onSubtree: OnSubtree | undefined): number {
    const index = this.#size;
    if (index === Number.MAX_SAFE_INTEGER) throw new CorridorError('INVALID_ARGUMENT', 'the tree is full', { field: 'size' });
    this.#pair.setRight(from, offset);
    let level = 0;
    let position = index;
    onSubtree?.(level, position, this.#pair.right());
    while (position % 2 === 1) {
      this.#pair.foldLeft(this.#subtrees, level * HASH_SIZE);
      level += 1;
      position = (position - 1) / 2;
      onSubtree?.(level, position, this.#pair.right());
    }
    this.#pair.copyRight(this.#subtrees, level * HASH_SIZE);
    this.#size = index + 1;
    return index;
  }
}

/**
 * The Merkle tree hash of leaf hashes that lie one after the other in `leaves` (RFC 6962, section 2.1).
 * @throws CorridorError INVALID_ARGUMENT when the length is no multiple of 32.
 */
export function rootOfLeaves(leaves: Uint8Array): Uint8Array {
  const frontier = new Frontier();
  frontier.appendAll(leaves);
  return frontier.root();
}

function requirePacked(leaves: Uint8Array): void {
  if (leaves.length % HASH_SIZE !== 0) {
    throw new CorridorError('INVALID_ARGUMENT', `leaf hashes have ${HASH_SIZE} bytes each, ${leaves.length} is no multiple`, { field: 'leaves' });
  }
}

const malformed = (why: string): CorridorError =>
  new CorridorError('INVALID_ARGUMENT', `not a frontier: ${why}`, { field: 'frontier' });
