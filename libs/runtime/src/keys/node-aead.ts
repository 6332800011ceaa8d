import { createSecretKey, type KeyObject } from 'node:crypto';
import { sha256, view } from '@corridor/kernel';
import { openUnder, sealUnder } from './aead.ts';
import type { NodeAead } from './keys.ts';

const KEY_ID_BYTES = 4;

interface IdentifiedKey {
  readonly id: Buffer;
  readonly key: KeyObject;
}

/** AEAD under keys of the node: key id (the first bytes of the key's SHA-256), nonce, ciphertext, tag. */
export class RotatingAead implements NodeAead {
  #keys: readonly IdentifiedKey[];
  #newest: IdentifiedKey;

  /** @param older the newer first */
  constructor(newest: Uint8Array, older: readonly Uint8Array[]) {
    this.#newest = identified(newest);
    this.#keys = [this.#newest, ...older.map(identified)];
  }

  seal(clear: Uint8Array, additionalData: Uint8Array): Buffer {
    const { id, key } = this.#newest;
    return Buffer.concat([id, sealUnder(key, clear, additionalData)]);
  }

  open(bytes: Uint8Array, additionalData: Uint8Array): Buffer | undefined {
    const prefix = view(bytes.subarray(0, KEY_ID_BYTES));
    const known = this.#keys.find(({ id }) => id.equals(prefix));
    return known === undefined ? undefined : openUnder(known.key, bytes.subarray(KEY_ID_BYTES), additionalData);
  }

  /** Seals under a new key from now on; what older ones sealed still opens. */
  rotate(newest: Uint8Array): void {
    this.#newest = identified(newest);
    this.#keys = [this.#newest, ...this.#keys];
  }
}

const identified = (key: Uint8Array): IdentifiedKey => ({
  id: Buffer.from(sha256(key).subarray(0, KEY_ID_BYTES)),
  key: createSecretKey(key),
});
