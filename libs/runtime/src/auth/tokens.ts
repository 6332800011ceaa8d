import { createPublicKey, type KeyObject } from 'node:crypto';
import { type Clock, CorridorError, sha256, utf8, view } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { jwtVerify, SignJWT } from 'jose';
import type { SigningKeyPair } from '../keys/keys.ts';
import { actorName, parseActorName } from '../wire/names.ts';
import { unauthenticated } from './unauthenticated.ts';

const ALGORITHM = 'EdDSA';
const AUDIENCE = 'corridor';
const ISSUER = 'corridor/registry';
/** Longer ones are not ours: a token of the longest name takes less than 600 characters. */
const MAX_TOKEN_LENGTH = 1024;
const CACHE_SIZE = 10_000;

/** What a token says: who, and until when. What its holder may do stands in the policy state, never in a token. */
export interface VerifiedToken extends ActorRef {
  /** Milliseconds since the epoch, exclusive. */
  readonly expiresAt: number;
}

/** The public keys of the node, as the registry has published them. */
export interface TokenKeys {
  /** The Ed25519 key of that id that signs tokens. */
  tokenKey(keyId: string): KeyObject | undefined;
}

/**
 * Signs an access token (JWT, RFC 7519, EdDSA after RFC 8037): iss, aud `corridor`, sub = the actor's name, iat, exp, jti.
 * @param lifetimeMs for how long it counts; whole seconds
 */
export async function issueToken(
  key: SigningKeyPair,
  actor: ActorRef,
  options: { readonly clock: Clock; readonly lifetimeMs: number; readonly id: string },
): Promise<{ readonly token: string; readonly expiresAt: number }> {
  const issued = Math.floor(options.clock.now() / 1000);
  const expires = issued + Math.floor(options.lifetimeMs / 1000);
  const token = await new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM, kid: key.keyId, typ: 'JWT' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(actorName(actor))
    .setIssuedAt(issued)
    .setExpirationTime(expires)
    .setJti(options.id)
    .sign(key.privateKey);
  return { token, expiresAt: expires * 1000 };
}

/** Verifies tokens and remembers those that were good until they expire. */
export class TokenVerifier {
  readonly #keys: TokenKeys;
  readonly #clock: Clock;
  /** By the token's SHA-256; the least recently used first. */
  readonly #verified = new Map<string, VerifiedToken>();

  constructor(keys: TokenKeys, clock: Clock) {
    this.#keys = keys;
    this.#clock = clock;
  }

  /**
   * Who holds the token.
   * @throws CorridorError UNAUTHENTICATED in equal words for every token that is forged, expired, of another node or none.
   */
  async verify(token: string): Promise<VerifiedToken> {
    if (token.length > MAX_TOKEN_LENGTH) throw unauthenticated();
    const hash = view(sha256(utf8(token))).toString('base64');
    const known = this.#verified.get(hash);
    if (known === undefined) {
      const verified = await this.#check(token);
      this.#remember(hash, verified);
      return verified;
    }
    this.#verified.delete(hash);
    if (known.expiresAt <= this.#clock.now()) throw unauthenticated();
    this.#verified.set(hash, known);
    return known;
  }

  async #check(token: string): Promise<VerifiedToken> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.#key(kid), {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'iat', 'exp', 'jti'],
        currentDate: new Date(this.#clock.now()),
      });
      const expiresAt = (payload.exp ?? 0) * 1000;
      if (expiresAt <= this.#clock.now()) throw unauthenticated();
      return { ...parseActorName(payload.sub ?? '', 'sub'), expiresAt };
    } catch {
      throw unauthenticated();
    }
  }

  #key(keyId: string | undefined): KeyObject {
    const key = keyId === undefined ? undefined : this.#keys.tokenKey(keyId);
    if (key === undefined) throw unauthenticated();
    return key;
  }

  #remember(hash: string, token: VerifiedToken): void {
    this.#verified.set(hash, token);
    if (this.#verified.size <= CACHE_SIZE) return;
    for (const oldest of this.#verified.keys()) {
      this.#verified.delete(oldest);
      return;
    }
  }
}

/** The key object of a raw Ed25519 public key. @throws CorridorError INVALID_ARGUMENT unless it has 32 bytes. */
export function ed25519PublicKey(raw: Uint8Array): KeyObject {
  if (raw.length !== 32) throw new CorridorError('INVALID_ARGUMENT', 'an Ed25519 public key has 32 bytes');
  return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: view(raw).toString('base64url') } });
}
