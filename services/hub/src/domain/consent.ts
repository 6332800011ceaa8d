import { checkVersion, forbid, refuse, type AgencyId } from '@corridor/kernel';
import type { Category, ConsentFacts, Purpose } from '@corridor/policy';

/** An owner's standing permission that a recipient may receive categories for purposes until a date. */
export interface Consent {
  readonly owner: AgencyId;
  /** Unique within the owner; never reused. */
  readonly id: string;
  readonly version: number;
  readonly recipient: ConsentFacts['recipient'];
  readonly categories: readonly Category[];
  readonly purposes: readonly Purpose[];
  /** Milliseconds since the epoch, exclusive. */
  readonly expiresAt: number;
  /** Milliseconds since the epoch. */
  readonly revokedAt?: number;
}

export type ConsentChange = { readonly cause: 'consent.granted' | 'consent.revoked'; readonly consent: Consent };

/** @throws INVALID_ARGUMENT when it would permit nothing, or to the owner itself. */
export function grant(terms: Omit<Consent, 'version' | 'revokedAt'>, now: number): ConsentChange {
  const { recipient, owner, categories, purposes, expiresAt } = terms;
  if (recipient.kind === 'agency' && recipient.id === owner) refuse('recipient', 'must be another agency or a group');
  if (categories.length === 0 || new Set(categories).size < categories.length) refuse('categories', 'must be at least one, each once');
  if (purposes.length === 0 || new Set(purposes).size < purposes.length) refuse('purposes', 'must be at least one, each once');
  if (expiresAt <= now) refuse('expire_time', 'must lie in the future');
  return { cause: 'consent.granted', consent: { ...terms, version: 1 } };
}

/** @throws VERSION_CONFLICT, STATE_FORBIDS when it is revoked already. */
export function revoke(consent: Consent, expectedVersion: number, now: number): ConsentChange {
  checkVersion(expectedVersion, consent.version);
  if (consent.revokedAt !== undefined) forbid('the consent is revoked');
  return { cause: 'consent.revoked', consent: { ...consent, version: consent.version + 1, revokedAt: now } };
}
