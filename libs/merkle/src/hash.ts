import { hash } from 'node:crypto';
import { CorridorError } from '@corridor/kernel';

/** Bytes of every hash of the tree: SHA-256 (FIPS 180-4). */
export const HASH_SIZE = 32;
/** Root of the tree without leaves: SHA-256 of the empty string (RFC 6962, section 2.1). */
export const EMPTY_ROOT: Uint8Array = Buffer.from(hash('sha256', '', 'hex'), 'hex');

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

let leafScratch = Buffer.alloc(1024, LEAF_PREFIX);
const nodeScratch = Buffer.alloc(1 + 2 * HASH_SIZE, NODE_PREFIX);

/**
 * SHA-256 as a string of one character per byte. Node makes a string about four times as fast as a Buffer, and a hash
 * per entry is all the work this library does.
 */
const sha256Latin1 = (bytes: Uint8Array): string => hash('sha256', bytes, 'binary');

/**
 * Hash of a leaf: SHA-256(0x00 || part || part ...) (RFC 6962, section 2.1). The parts are hashed as one byte string, so
 * all but one of them must be of fixed length where a reader could cut them differently.
 */
export function leafHash(...parts: readonly Uint8Array[]): Uint8Array {
  let end = 1;
  for (const part of parts) end += part.length;
  if (leafScratch.length < end) leafScratch = Buffer.alloc(2 * end, LEAF_PREFIX);
  let at = 1;
  for (const part of parts) {
    leafScratch.set(part, at);
    at += part.length;
  }
  return Buffer.from(sha256Latin1(leafScratch.subarray(0, end)), 'latin1');
}

/** Hash of an inner node: SHA-256(0x01 || left || right) (RFC 6962, section 2.1). Both must be 32 bytes. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  requireHash(left);
  requireHash(right);
  nodeScratch.set(left, 1);
  nodeScratch.set(right, 1 + HASH_SIZE);
  return Buffer.from(sha256Latin1(nodeScratch), 'latin1');
}

/**
 * A pair of siblings laid out for hashing, for loops that must not allocate. `right` is the running hash: set it, then
 * fold left siblings onto it.
 */
export class SiblingPair {
  readonly #bytes = Buffer.alloc(1 + 2 * HASH_SIZE, NODE_PREFIX);

  /** Takes the hash at `offset` of `from` as the running hash. */
  setRight(from: Buffer, offset: number): void {
    from.copy(this.#bytes, 1 + HASH_SIZE, offset, offset + HASH_SIZE);
  }

  /** Replaces the running hash by the parent of the left sibling at `offset` of `from` and itself. */
  foldLeft(from: Buffer, offset: number): void {
    from.copy(this.#bytes, 1, offset, offset + HASH_SIZE);
    this.#bytes.write(sha256Latin1(this.#bytes), 1 + HASH_SIZE, HASH_SIZE, 'latin1');
  }

  /** Copies the running hash to `offset` of `to`. */
  copyRight(to: Buffer, offset: number): void {
    this.#bytes.copy(to, offset, 1 + HASH_SIZE);
  }

  /** The running hash, in memory of its own. */
  right(): Uint8Array {
    return Buffer.from(this.#bytes.subarray(1 + HASH_SIZE));
  }
}

/** @throws CorridorError INVALID_ARGUMENT unless `bytes` is as long as a hash. */
export function requireHash(bytes: Uint8Array): void {
  if (bytes.length !== HASH_SIZE) {
    throw new CorridorError('INVALID_ARGUMENT', `a hash has ${HASH_SIZE} bytes, not ${bytes.length}`, { field: 'hash' });
  }
}

/** @throws CorridorError INVALID_ARGUMENT unless `size` is a whole number from 0 to 2^53-1; `field` names it. */
export function requireSize(size: number, field = 'size'): void {
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new CorridorError('INVALID_ARGUMENT', `${field} must be a whole number from 0 to 2^53-1, not ${size}`, { field });
  }
}
