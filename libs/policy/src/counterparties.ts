import type { AgencyId } from '@corridor/kernel';
import type { AgreementFacts, PolicyState } from './facts.ts';
import { recipientsOf } from './rules/consent.ts';
import { isBound, membersOf } from './state.ts';

/**
 * The agencies an owner deals with, sorted, without itself: all that a preview may name. They are bound with it by an
 * agreement in any state but draft, or hold a consent of the owner that is neither revoked nor expired.
 * @param now milliseconds since the epoch
 */
export function counterparties(owner: AgencyId, state: PolicyState, now: number): readonly AgencyId[] {
  const found = new Set<AgencyId>();
  for (const agreement of state.agreements.values()) {
    if (agreement.state === 'draft' || !isBound(state, agreement, owner)) continue;
    for (const agency of boundBy(agreement, state)) found.add(agency);
  }
  for (const consent of state.consents.values()) {
    if (consent.owner !== owner || consent.revoked || consent.expiresAt <= now) continue;
    for (const agency of recipientsOf(consent, state)) found.add(agency);
  }
  found.delete(owner);
  return [...found].sort();
}

const boundBy = (agreement: AgreementFacts, state: PolicyState): readonly AgencyId[] => [
  ...agreement.parties,
  ...(agreement.group === undefined ? [] : membersOf(state, agreement.group)),
];
