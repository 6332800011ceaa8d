import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { UsageError } from './failure.ts';

/** An agency's signing key as a file holds it. */
export interface AgencyKey {
  readonly keyId: string;
  /** Ed25519 public key, 32 bytes. */
  readonly publicKey: Buffer;
  /** Ed25519 (RFC 8032) over the bytes, 64 bytes. */
  sign(bytes: Uint8Array): Buffer;
}

const ID_LINE = /^key-id: (\S{1,100})\n/;

/** The text of a key file: a line with the key's id, then the private key as PKCS #8 in PEM (RFC 8410). */
export function formatKeyFile(keyId: string, privateKey: KeyObject): string {
  const text = `key-id: ${keyId}\n${privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()}`;
  if (!ID_LINE.test(text)) throw new UsageError('a key id is a word of 1-100 characters without blanks');
  return text;
}

/** Reads a key file. @throws UsageError when it is none. */
export function readKeyFile(bytes: Uint8Array, path: string): AgencyKey {
  const text = Buffer.from(bytes).toString('utf8');
  const keyId = ID_LINE.exec(text)?.[1];
  if (keyId === undefined) throw new UsageError(`${path} is no key file: its first line names no key-id`);
  const key = privateKeyOf(text.slice(text.indexOf('\n') + 1), path);
  // A SubjectPublicKeyInfo of Ed25519 ends with the 32 bytes of the key.
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-32);
  return { keyId, publicKey, sign: (message) => sign(null, message, key) };
}

function privateKeyOf(pem: string, path: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    // Said below; the cause would quote the key.
  }
  if (key?.asymmetricKeyType !== 'ed25519') throw new UsageError(`${path} is no key file: it holds no Ed25519 key`);
  return key;
}
