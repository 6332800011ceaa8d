import type { KeyObject } from 'node:crypto';
import type { Sealed } from '@corridor/contracts/common/v1/envelope';

/** The id of a data key: `{owner}/{series}/{YYYY-MM of the end of retention}`. */
export interface DataKeyId {
  readonly owner: string;
  readonly series: string;
  readonly month: string;
}

/** A loaded data key: seals and opens without waiting. Additional data bind the bytes to their envelope. */
export interface DataKey {
  readonly id: string;
  seal(clear: Uint8Array, additionalData: Uint8Array): Sealed;
  /** @throws CorridorError DATABASE_DAMAGED when the bytes or their additional data were changed. */
  open(sealed: Sealed, additionalData: Uint8Array): Buffer;
}

/**
 * Data keys, each wrapped by the master key in a store of its own. A key MUST be durable before `forSealing` resolves;
 * after `destroy` resolved no call MUST return it, on any replica from its next load on, and its bytes MUST be gone
 * from the store. `loaded` answers from memory only.
 */
export interface DataKeys {
  /** The key of that id, made at its first use; after its destruction the next generation (`…~2`), made likewise. */
  forSealing(id: DataKeyId): Promise<DataKey>;
  /** What `forSealing` would give, when it is in memory. */
  sealing(id: DataKeyId): DataKey | undefined;
  /** The key of that id. @throws KEY_DESTROYED when it was destroyed, DATABASE_DAMAGED when there never was one. */
  load(id: string): Promise<DataKey>;
  loaded(id: string): DataKey | undefined;
  /** Destroys it for good; true when it was there. */
  destroy(id: string): Promise<boolean>;
  /** Forgets it in memory: another replica destroyed it. */
  forget(id: string): void;
  /** Ids of the keys that are there, of a series (`{owner}/{series}/`) or whose month is before `beforeMonth`. */
  list(filter: { readonly prefix: string } | { readonly beforeMonth: string }, limit: number): Promise<readonly string[]>;
}

/** An Ed25519 key pair of the node. */
export interface SigningKeyPair {
  readonly keyId: string;
  readonly privateKey: KeyObject;
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** AES-256-GCM under a key of the node, for what the node gives out and takes back (cursors, page tokens). */
export interface NodeAead {
  /** Key id, nonce, ciphertext and tag in one; its length is that of `clear` plus a constant. */
  seal(clear: Uint8Array, additionalData: Uint8Array): Buffer;
  /** The clear bytes; undefined when they are not ours or not for these additional data. Older keys still open. */
  open(bytes: Uint8Array, additionalData: Uint8Array): Buffer | undefined;
}

/** Every key of a node. */
export interface Keys {
  readonly data: DataKeys;
  /** The key pair for a use, e.g. `tokens`, `epochs`, `checkpoints`; made and kept at its first use. */
  signing(use: string): Promise<SigningKeyPair>;
  /** The AEAD for a use, e.g. `cursors`. */
  aead(use: string): Promise<NodeAead>;
}
