import { createCipheriv, createDecipheriv, type KeyObject, randomFillSync } from 'node:crypto';

/**
 * AES-256-GCM (NIST SP 800-38D) as everything here uses it. Keys are key objects: handing the cipher raw bytes makes it
 * four times as slow.
 */
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** Random bytes are drawn for so many nonces at a time: one call of the generator costs more than a seal. */
const NONCES_AT_A_TIME = 1024;
let nonces = Buffer.alloc(0);
let used = 0;

/** 12 random bytes that nobody else holds. */
export function newNonce(): Buffer {
  if (used === nonces.length) {
    nonces = randomFillSync(Buffer.allocUnsafeSlow(NONCES_AT_A_TIME * NONCE_BYTES));
    used = 0;
  }
  const nonce = nonces.subarray(used, used + NONCE_BYTES);
  used += NONCE_BYTES;
  return nonce;
}

/** Ciphertext and, at its end, the tag. */
export function encrypt(key: KeyObject, nonce: Uint8Array, clear: Uint8Array, additionalData: Uint8Array): Buffer {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData);
  const out = Buffer.allocUnsafe(clear.length + TAG_BYTES);
  cipher.update(clear).copy(out);
  cipher.final();
  cipher.getAuthTag().copy(out, clear.length);
  return out;
}

/** The clear bytes; undefined when ciphertext, tag, nonce or additional data were changed, or the key is another. */
export function decrypt(key: KeyObject, nonce: Uint8Array, sealed: Uint8Array, additionalData: Uint8Array): Buffer | undefined {
  const length = sealed.length - TAG_BYTES;
  if (length < 0 || nonce.length !== NONCE_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData);
  decipher.setAuthTag(sealed.subarray(length));
  const clear = decipher.update(sealed.subarray(0, length));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return clear;
}

/** Nonce, ciphertext and tag in one. */
export function sealUnder(key: KeyObject, clear: Uint8Array, additionalData: Uint8Array): Buffer {
  const nonce = newNonce();
  return Buffer.concat([nonce, encrypt(key, nonce, clear, additionalData)]);
}

/** The clear bytes of `sealUnder`; undefined when they are not of this key and these additional data. */
export const openUnder = (key: KeyObject, sealed: Uint8Array, additionalData: Uint8Array): Buffer | undefined =>
  decrypt(key, sealed.subarray(0, NONCE_BYTES), sealed.subarray(NONCE_BYTES), additionalData);
