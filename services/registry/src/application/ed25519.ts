import { createPublicKey, verify } from 'node:crypto';
import { view } from '@corridor/kernel';
import { type IsSignatureOf, isSoundPublicKey } from '../domain/ed25519.ts';

/** Length of a signature (RFC 8032, section 5.1.6). */
const SIGNATURE_BYTES = 64;

/** Verifies by OpenSSL. */
export const isSignatureOf: IsSignatureOf = (publicKey, text, signature) => {
  if (signature.length !== SIGNATURE_BYTES || !isSoundPublicKey(publicKey)) return false;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: view(publicKey).toString('base64url') }, format: 'jwk' });
  return verify(null, text, key, signature);
};
