import { CorridorError } from '@corridor/kernel';
import { rootOfLeaves } from './frontier.ts';
import { HASH_SIZE, leafHash, requireHash } from './hash.ts';
import { inclusionRanges } from './proof.ts';

/** Bytes of the salt of a delivered message. */
export const SALT_SIZE = 16;

/**
 * The leaf of a delivered message in its delivery window: leafHash(salt || bytes).
 * A message may hold little more than a small count. Without the salt, whoever sees the digest could hash every likely
 * content until one fits, and so read what was delivered; with 16 random bytes, known to those who received the message
 * alone, the digest tells nothing.
 * @param salt 16 random bytes, fresh for each message and handed over with it.
 * @param bytes the message as delivered, never a re-encoding.
 * @throws CorridorError INVALID_ARGUMENT when the salt is not 16 bytes long.
 */
export function deliveryLeaf(salt: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (salt.length !== SALT_SIZE) throw new CorridorError('INVALID_ARGUMENT', `a salt has ${SALT_SIZE} bytes`, { field: 'salt' });
  return leafHash(salt, bytes);
}

/** What the closing of a window states: the number of messages delivered in it and the root of their leaves. */
export interface WindowHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * The leaves of one delivery window, in order of delivery. Adding a message copies 32 bytes and hashes nothing; the tree
 * is hashed when the window closes.
 */
export class WindowTree {
  #leaves = Buffer.alloc(64 * HASH_SIZE);
  #size = 0;

  /** Number of messages. */
  get size(): number {
    return this.#size;
  }

  /** Adds the leaf of one message and returns its index. @throws CorridorError INVALID_ARGUMENT unless it is 32 bytes long. */
  add(leaf: Uint8Array): number {
    requireHash(leaf);
    const at = this.#size * HASH_SIZE;
    if (at === this.#leaves.length) this.#leaves = Buffer.concat([this.#leaves], 2 * at);
    this.#leaves.set(leaf, at);
    this.#size += 1;
    return this.#size - 1;
  }

  /** Size and root of the window as it stands; one hash per message. */
  head(): WindowHead {
    return { size: this.#size, root: this.#root(0, this.#size) };
  }

  /** The inclusion proof of message `index`; one hash per message. @throws CorridorError INVALID_ARGUMENT when there is none. */
  path(index: number): readonly Uint8Array[] {
    return inclusionRanges(index, this.#size).map(({ begin, end }) => this.#root(begin, end));
  }

  /** A copy of all leaf hashes, one after the other. */
  leaves(): Uint8Array {
    return Buffer.from(this.#leaves.subarray(0, this.#size * HASH_SIZE));
  }

  #root(begin: number, end: number): Uint8Array {
    return rootOfLeaves(this.#leaves.subarray(begin * HASH_SIZE, end * HASH_SIZE));
  }
}
