import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { concat, CorridorError, sha256, toHex, utf8, view } from '@corridor/kernel';
import { isOneLine } from './text.ts';

/** Signature type of Ed25519 in key ids and key texts (C2SP signed-note). */
const ED25519 = 0x01;
const SIGNATURE_SIZE = 64;
const KEY_SIZE = 32;
/** DER up to the key bytes (RFC 8410): OneAsymmetricKey of a seed, SubjectPublicKeyInfo of a public key. */
const PRIVATE_DER = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_DER = Buffer.from('302a300506032b6570032100', 'hex');

/** Signs notes under a name. It holds a private key: never log it, never put it into an answer. */
export interface NoteSigner {
  readonly name: string;
  /** Key id: 8 lower-case hexadecimal digits. */
  readonly keyId: string;
  /** The text by which others verify, `name+hash+base64`; public. */
  readonly verifierKey: string;
  /** The Ed25519 signature (RFC 8032) of the note text's bytes, 64 bytes. */
  sign(text: Uint8Array): Uint8Array;
}

/** Verifies the signatures of one key of one name. */
export interface NoteVerifier {
  readonly name: string;
  /** Key id: 8 lower-case hexadecimal digits. */
  readonly keyId: string;
  /** Whether `signature` is this key's Ed25519 signature of the note text's bytes. */
  verify(text: Uint8Array, signature: Uint8Array): boolean;
}

/**
 * Whether a text may name a key: not empty, well-formed, without Unicode spaces, control characters below U+0020 and `+`
 * (C2SP signed-note). A URL without scheme is recommended, such as `example.org/corridor/log`.
 */
export const isKeyName = (name: string): boolean => isOneLine(name) && /^[^\p{White_Space}+]+$/u.test(name);

/**
 * A signer from an Ed25519 seed.
 * @param seed 32 random bytes from the caller's source of randomness.
 * @throws CorridorError CONFIG_INVALID when the name is no key name or the seed not 32 bytes long.
 */
export function noteSigner(name: string, seed: Uint8Array): NoteSigner {
  if (!isKeyName(name)) throw unusable('a key name is not empty and has no spaces, control characters or +');
  if (seed.length !== KEY_SIZE) throw unusable(`an Ed25519 seed has ${KEY_SIZE} bytes`);
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE_DER, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = rawPublicKey(key);
  const keyId = noteKeyId(name, publicKey);
  return {
    name,
    keyId,
    verifierKey: `${name}+${keyId}+${encodeKey(publicKey)}`,
    sign: (text) => sign(null, text, key),
  };
}

/**
 * A signer from its text `PRIVATE+KEY+name+hash+base64`, as golang.org/x/mod/sumdb/note writes it. A secret.
 * @throws CorridorError CONFIG_INVALID when the text is not exactly such a key; the message never quotes it.
 */
export function parseSignerKey(text: string): NoteSigner {
  const prefix = 'PRIVATE+KEY+';
  if (!text.startsWith(prefix)) throw unusable('a signer key begins with PRIVATE+KEY+');
  const { name, keyId, key } = parseKey(text.slice(prefix.length));
  const signer = noteSigner(name, key);
  if (signer.keyId !== keyId) throw unusable('the key id does not belong to this name and key');
  return signer;
}

/** The text of a signer key, to be kept where secrets are kept. @throws CorridorError CONFIG_INVALID as `noteSigner`. */
export const formatSignerKey = (name: string, seed: Uint8Array): string =>
  `PRIVATE+KEY+${name}+${noteSigner(name, seed).keyId}+${encodeKey(seed)}`;

/**
 * A verifier from its text `name+hash+base64`.
 * @throws CorridorError CONFIG_INVALID when the text is not exactly such a key of type Ed25519 with its own id.
 */
export function parseVerifierKey(text: string): NoteVerifier {
  const { name, keyId, key } = parseKey(text);
  if (noteKeyId(name, key) !== keyId) throw unusable('the key id does not belong to this name and key');
  const publicKey = createPublicKey({ key: Buffer.concat([PUBLIC_DER, key]), format: 'der', type: 'spki' });
  return {
    name,
    keyId,
    verify: (message, signature) => signature.length === SIGNATURE_SIZE && verify(null, message, publicKey, signature),
  };
}

/** Key id: the first four bytes, in hexadecimal, of SHA-256(name || 0x0A || 0x01 || public key) (C2SP signed-note). */
function noteKeyId(name: string, publicKey: Uint8Array): string {
  return toHex(sha256(concat(utf8(`${name}\n`), Uint8Array.of(ED25519), publicKey)).subarray(0, 4));
}

/** The bytes of standard base64 (RFC 4648, section 4), padded and canonical; undefined for any other text. */
export function strictBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

interface KeyText {
  readonly name: string;
  readonly keyId: string;
  readonly key: Uint8Array;
}

function parseKey(text: string): KeyText {
  // The base64 part may itself contain +, the name and the id may not.
  const [, name, keyId, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/s.exec(text) ?? [];
  if (name === undefined || keyId === undefined || encoded === undefined || !isKeyName(name)) {
    throw unusable('a key is written name+hash+base64, the hash as 8 lower-case hexadecimal digits');
  }
  const bytes = strictBase64(encoded);
  if (bytes === undefined) throw unusable('the last part of a key is standard base64 with padding');
  if (bytes[0] !== ED25519 || bytes.length !== 1 + KEY_SIZE) throw unusable('only Ed25519 keys (type 1, 32 bytes) are supported');
  return { name, keyId, key: bytes.subarray(1) };
}

const rawPublicKey = (key: KeyObject): Uint8Array =>
  createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_DER.length);

const encodeKey = (key: Uint8Array): string => view(concat(Uint8Array.of(ED25519), key)).toString('base64');

const unusable = (message: string): CorridorError => new CorridorError('CONFIG_INVALID', message, { field: 'noteKey' });
