import { toHex } from '@corridor/kernel';

/** Whether `signature` is one of `publicKey` over `text` (Ed25519, RFC 8032); false for anything malformed or unsound. */
export type IsSignatureOf = (publicKey: Uint8Array, text: Uint8Array, signature: Uint8Array) => boolean;

/** Length of a raw public key (RFC 8032, section 5.1.5). */
const PUBLIC_KEY_BYTES = 32;

/**
 * The encodings of points of small order, sign bit cleared (Chalkias, Garillot, Nikolaenko: "Taming the Many EdDSAs",
 * SSR 2020, table 1). Under such a key one signature fits many texts, so its owner could deny every one of them.
 */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** Whether the bytes are a raw Ed25519 public key that binds its owner to one text per signature. */
export function isSoundPublicKey(bytes: Uint8Array): boolean {
  if (bytes.length !== PUBLIC_KEY_BYTES) return false;
  const unsigned = Buffer.from(bytes);
  unsigned[PUBLIC_KEY_BYTES - 1] = (unsigned[PUBLIC_KEY_BYTES - 1] ?? 0) & 0x7f;
  return !SMALL_ORDER.has(toHex(unsigned));
}
