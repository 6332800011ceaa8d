import { checkSpan, CorridorError, equalBytes, forbid, refuse } from '@corridor/kernel';
import type { Change } from './change.ts';
import { isSoundPublicKey } from './ed25519.ts';
import type { Agency } from './organisation.ts';

/** A public key that an agency signs agreements and receipts with. Times in milliseconds since the epoch. */
export interface SigningKey {
  readonly id: string;
  /** Ed25519 (RFC 8032), raw, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly validFrom: number;
  /** Exclusive. */
  readonly validUntil: number;
  readonly revokedAt?: number;
}

export type SigningKeyCommand =
  | { readonly kind: 'add-key'; readonly key: Omit<SigningKey, 'revokedAt'> }
  | { readonly kind: 'revoke-key'; readonly keyId: string };

const MAX_KEYS = 100;

/** Whether signatures made now by the key count. */
export const isValidAt = (key: SigningKey, now: number): boolean =>
  key.validFrom <= now && now < key.validUntil && (key.revokedAt === undefined || now < key.revokedAt);

/**
 * Adds or revokes a key of an agency. Key ids and public keys are never reused within an agency, so that an old
 * signature names one key for good.
 * @throws INVALID_ARGUMENT, ALREADY_EXISTS, NOT_FOUND, STATE_FORBIDS
 */
export function decideSigningKey(command: SigningKeyCommand, agency: Agency, now: number): Change<'agency'> {
  switch (command.kind) {
    case 'add-key': {
      const { key } = command;
      if (!isSoundPublicKey(key.publicKey)) refuse('signing_key.public_key', 'must be a sound Ed25519 public key of 32 bytes');
      checkSpan(key.validFrom, key.validUntil, 'signing_key.valid_until');
      if (key.validUntil <= now) refuse('signing_key.valid_until', 'must be in the future');
      if (agency.signingKeys.length >= MAX_KEYS) forbid(`an agency has at most ${MAX_KEYS} keys`);
      if (agency.signingKeys.some((other) => other.id === key.id || equalBytes(other.publicKey, key.publicKey))) {
        throw new CorridorError('ALREADY_EXISTS', 'a key of this id or with this public key is registered', { field: 'signing_key' });
      }
      return changed(agency, 'agency.key-added', [...agency.signingKeys, key]);
    }
    case 'revoke-key': {
      const key = agency.signingKeys.find(({ id }) => id === command.keyId);
      if (key === undefined) throw new CorridorError('NOT_FOUND', 'the agency has no key of this id', { field: 'key_id' });
      if (key.revokedAt !== undefined) forbid('the key is revoked already');
      const revoked = { ...key, revokedAt: now };
      return changed(agency, 'agency.key-revoked', agency.signingKeys.map((other) => (other === key ? revoked : other)));
    }
  }
}

const changed = (
  agency: Agency,
  cause: 'agency.key-added' | 'agency.key-revoked',
  signingKeys: readonly SigningKey[],
): Change<'agency'> => ({
  cause,
  resource: { kind: 'agency', value: { ...agency, version: agency.version + 1, signingKeys } },
});
