import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { type CollectionSpec, type Documents, storedJson } from '@corridor/documents';
import { newUuid, refuse, utf8 } from '@corridor/kernel';
import type { Slots } from './slots.ts';

/** Work factors of scrypt (RFC 7914, section 2). */
export interface ScryptCost {
  /** CPU and memory cost; a power of two. */
  readonly n: number;
  /** Block size. */
  readonly r: number;
  /** Parallelisation. */
  readonly p: number;
}

/** The slow hash of a secret with everything that is needed to compute it again. */
export interface SecretHash {
  readonly cost: ScryptCost;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

/** OWASP Password Storage Cheat Sheet, "scrypt", the setting for 32 MiB. */
export const OWASP_COST: ScryptCost = { n: 2 ** 15, r: 8, p: 3 };

export const SECRET_HASHES: CollectionSpec<SecretHash> = { name: 'registry.secrets', ...storedJson<SecretHash>(), indexes: {} };

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const MIN_LENGTH = 16;
const MAX_LENGTH = 200;
/** A document id that is never given out. */
const NOBODY = 'nobody';

/**
 * The secrets of actors, each in a document of its own whose id is random: no other document, event, log line or error
 * holds a secret or its hash.
 */
export class Secrets {
  readonly #documents: Documents<SecretHash>;
  readonly #cost: ScryptCost;
  readonly #slots: Slots;
  readonly #decoy: SecretHash;

  /** @param slots bounds how many hashes are computed at a time */
  constructor(documents: Documents<SecretHash>, cost: ScryptCost, slots: Slots) {
    this.#documents = documents;
    this.#cost = cost;
    this.#slots = slots;
    this.#decoy = { cost, salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES) };
  }

  /** @throws CorridorError INVALID_ARGUMENT naming `field` unless it has 16-200 characters */
  check(secret: string, field: string): void {
    const { length } = [...secret];
    if (length < MIN_LENGTH || length > MAX_LENGTH) refuse(field, `must be ${MIN_LENGTH}-${MAX_LENGTH} characters`);
  }

  /** Keeps the hash of a secret; returns its document's id. @throws INVALID_ARGUMENT, RATE_LIMITED */
  async keep(secret: string, field: string): Promise<string> {
    this.check(secret, field);
    const salt = randomBytes(SALT_BYTES);
    const hash = await this.#hash(secret, salt, this.#cost);
    const id = newUuid();
    await this.#documents.create(id, { cost: this.#cost, salt, hash });
    return id;
  }

  /** Whether the secret is the one kept under `id`. Undefined, an unknown id and a wrong secret cost the same work. @throws RATE_LIMITED */
  async matches(id: string | undefined, secret: string): Promise<boolean> {
    const kept = await this.#documents.get(id ?? NOBODY);
    const { cost, salt, hash } = kept?.doc ?? this.#decoy;
    const same = timingSafeEqual(await this.#hash(secret, salt, cost), hash);
    return same && kept !== undefined;
  }

  /** Deletes hashes that no actor refers to. */
  async forget(...ids: readonly string[]): Promise<void> {
    await this.#documents.putAll(ids.map((id) => ({ kind: 'delete', id })));
  }

  #hash(secret: string, salt: Uint8Array, { n, r, p }: ScryptCost): Promise<Uint8Array> {
    // RFC 7914 needs 128 * r * (n + p) bytes and a little; OpenSSL refuses above `maxmem`.
    const maxmem = 256 * n * r;
    return this.#slots.run(
      () =>
        new Promise((resolve, reject) => {
          scrypt(utf8(secret), salt, HASH_BYTES, { N: n, r, p, maxmem }, (error, hash) => {
            if (error === null) resolve(hash);
            else reject(error);
          });
        }),
    );
  }
}
