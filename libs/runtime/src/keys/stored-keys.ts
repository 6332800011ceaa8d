import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import type { Documents, DocumentStore } from '@corridor/documents';
import { CorridorError, sha256, toHex, view } from '@corridor/kernel';
import { KEY_BYTES } from './aead.ts';
import { StoredDataKeys } from './data-keys.ts';
import { KEY_COLLECTION, type KeyDocument } from './key-document.ts';
import type { Keys, SigningKeyPair } from './keys.ts';
import { RotatingAead } from './node-aead.ts';
import { getOrCreate, Wrapping } from './wrapping.ts';

export interface StoredKeysOptions {
  /** The store of keys: never the store of data, so that backups of both can be kept apart. */
  readonly store: DocumentStore;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  /** Makes sure that nothing overwritten is left in the store's files; called after each destruction. */
  readonly scrub?: () => Promise<void>;
}

/** Opens the keys of a node. @throws CorridorError KEY_STORE_UNUSABLE when the master key is not the store's. */
export async function openKeys({ store, masterKey, scrub = async () => {} }: StoredKeysOptions): Promise<StoredKeys> {
  return keysOver(await store.collection(KEY_COLLECTION), masterKey, scrub);
}

/** As `openKeys`, over the opened collection. */
export async function keysOver(documents: Documents<KeyDocument>, masterKey: Uint8Array, scrub: () => Promise<void>): Promise<StoredKeys> {
  return new StoredKeys(documents, await Wrapping.open(documents, masterKey), scrub);
}

/** The keys of a node over a document store, each wrapped by the master key. */
export class StoredKeys implements Keys {
  readonly data: StoredDataKeys;
  readonly #documents: Documents<KeyDocument>;
  readonly #wrapping: Wrapping;
  readonly #signing = new Map<string, Promise<SigningKeyPair>>();
  readonly #aead = new Map<string, Promise<RotatingAead>>();

  constructor(documents: Documents<KeyDocument>, wrapping: Wrapping, scrub: () => Promise<void>) {
    this.data = new StoredDataKeys(documents, wrapping, scrub);
    this.#documents = documents;
    this.#wrapping = wrapping;
  }

  signing(use: string): Promise<SigningKeyPair> {
    return once(this.#signing, use, async () => {
      const id = `signing/${use}`;
      const doc = await getOrCreate(this.#documents, id, () => ({ kind: 'signing', wrapped: this.#wrapping.wrap(id, newSigningKey()) }));
      if (doc.kind !== 'signing') throw wrongKind();
      return keyPair(use, createPrivateKey({ key: this.#wrapping.unwrap(id, doc.wrapped), format: 'der', type: 'pkcs8' }));
    });
  }

  aead(use: string): Promise<RotatingAead> {
    return once(this.#aead, use, async () => {
      const id = `aead/${use}`;
      const doc = await getOrCreate(this.#documents, id, () => ({ kind: 'aead', wrapped: [this.#wrapping.wrap(id, randomBytes(KEY_BYTES))] }));
      const [newest, ...older] = doc.kind === 'aead' ? doc.wrapped.map((wrapped) => this.#wrapping.unwrap(id, wrapped)) : [];
      if (newest === undefined) throw wrongKind();
      return new RotatingAead(newest, older);
    });
  }

  /** Seals under a new key of that use from now on; other replicas know it from their next start. @throws CorridorError VERSION_CONFLICT. */
  async rotateAead(use: string): Promise<void> {
    const aead = await this.aead(use);
    const id = `aead/${use}`;
    const there = await this.#documents.get(id);
    if (there?.doc.kind !== 'aead') throw wrongKind();
    const key = randomBytes(KEY_BYTES);
    await this.#documents.commit(id, there.version, { kind: 'aead', wrapped: [this.#wrapping.wrap(id, key), ...there.doc.wrapped] });
    aead.rotate(key);
  }
}

/** The value of `use`, made once; a failure is not kept. */
function once<T>(made: Map<string, Promise<T>>, use: string, make: () => Promise<T>): Promise<T> {
  const there = made.get(use);
  if (there !== undefined) return there;
  const making = make();
  made.set(use, making);
  making.catch(() => made.delete(use));
  return making;
}

const newSigningKey = (): Buffer => generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });

/** The key id names the use and the first bytes of the public key's SHA-256. */
function keyPair(use: string, privateKey: KeyObject): SigningKeyPair {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  const publicKey = Buffer.from(x ?? '', 'base64url');
  return { keyId: `${use}-${toHex(view(sha256(publicKey)).subarray(0, 8))}`, privateKey, publicKey };
}

const wrongKind = (): CorridorError => new CorridorError('DATABASE_DAMAGED', 'the store of keys holds another kind of key here');
