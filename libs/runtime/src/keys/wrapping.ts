import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Documents } from '@corridor/documents';
import { CorridorError, equalBytes, utf8 } from '@corridor/kernel';
import { KEY_BYTES, openUnder, sealUnder } from './aead.ts';
import type { KeyDocument } from './key-document.ts';

const CHECK_ID = 'check';
const CHECK_VALUE = utf8('corridor key store');

/** The master key at work: wraps keys for the store and unwraps them, each bound to the id of its document. */
export class Wrapping {
  readonly #masterKey: KeyObject;

  private constructor(masterKey: Uint8Array) {
    this.#masterKey = createSecretKey(masterKey);
  }

  /**
   * Makes sure that this master key belongs to the store; a new store is bound to it.
   * @param masterKey 32 bytes
   * @throws CorridorError KEY_STORE_UNUSABLE when it is another store's
   */
  static async open(documents: Documents<KeyDocument>, masterKey: Uint8Array): Promise<Wrapping> {
    if (masterKey.length !== KEY_BYTES) throw new CorridorError('KEY_STORE_UNUSABLE', `a master key has ${KEY_BYTES} bytes`);
    const wrapping = new Wrapping(masterKey);
    const check = await getOrCreate(documents, CHECK_ID, () => ({ kind: 'check', wrapped: wrapping.wrap(CHECK_ID, CHECK_VALUE) }));
    const value = check.kind === 'check' ? openUnder(wrapping.#masterKey, check.wrapped, utf8(CHECK_ID)) : undefined;
    if (value === undefined || !equalBytes(value, CHECK_VALUE)) {
      throw new CorridorError('KEY_STORE_UNUSABLE', 'the master key is not the one that the store of keys was made with');
    }
    return wrapping;
  }

  wrap(documentId: string, key: Uint8Array): Buffer {
    return sealUnder(this.#masterKey, key, utf8(documentId));
  }

  /** @throws CorridorError DATABASE_DAMAGED when the bytes or the document's id were changed. */
  unwrap(documentId: string, wrapped: Uint8Array): Buffer {
    const key = openUnder(this.#masterKey, wrapped, utf8(documentId));
    if (key === undefined) throw new CorridorError('DATABASE_DAMAGED', 'a key of the store does not unwrap');
    return key;
  }
}

/** The document of that id; the one that `make` gives when there is none, unless somebody else was first. */
export async function getOrCreate(documents: Documents<KeyDocument>, id: string, make: () => KeyDocument): Promise<KeyDocument> {
  const there = await documents.get(id);
  if (there !== undefined) return there.doc;
  try {
    return (await documents.create(id, make())).doc;
  } catch (error) {
    if (CorridorError.from(error).reason !== 'ALREADY_EXISTS') throw error;
    const first = await documents.get(id);
    if (first === undefined) throw error;
    return first.doc;
  }
}
