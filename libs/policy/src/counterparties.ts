import type { AgencyId } from '@corridor/kernel';
import type { PolicyState } from './facts.ts';
import { agreementsOf, consentsOf, recipientsOf } from './lookup.ts';
import { membersOf } from './state.ts';

/**
 * The agencies an owner deals with, sorted, without itself: all that a preview may name. They are bound with it by an
 * agreement in any state but draft, or hold a consent of the owner that is neither revoked nor expired.
 * @param now milliseconds since the epoch
 */
export function counterparties(owner: AgencyId, state: PolicyState, now: number): readonly AgencyId[] {
  const found = new Set<AgencyId>();
  for (const { state: stands, parties, group } of agreementsOf(state, owner)) {
    if (stands === 'draft') continue;
    for (const agency of parties) found.add(agency);
    for (const agency of group === undefined ? [] : membersOf(state, group)) found.add(agency);
  }
  for (const consent of consentsOf(state, owner)) {
    if (consent.revoked || consent.expiresAt <= now) continue;
    for (const agency of recipientsOf(state, consent)) found.add(agency);
  }
  found.delete(owner);
  return [...found].sort();
}
