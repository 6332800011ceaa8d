import type { AgencyId } from '@corridor/kernel';
import type { AgreementFacts, PolicyEvent, PolicyState } from './facts.ts';

/** The state before the first event: no agency is active, so nobody sends or receives anything. */
export const emptyPolicyState: PolicyState = {
  agencies: new Map(),
  actors: new Map(),
  groups: new Map(),
  agreements: new Map(),
  consents: new Map(),
};

/**
 * The state after one event: a new object, or the same one when the event's version is not newer than the stored one
 * (a redelivery; an older epoch never grants what a newer one took away). Gaps are the caller's to wait out.
 */
export function evolve(state: PolicyState, event: PolicyEvent): PolicyState {
  switch (event.kind) {
    case 'agency': {
      const agencies = withNewer(state.agencies, event.fact.id, event.fact);
      return agencies === state.agencies ? state : { ...state, agencies };
    }
    case 'actor': {
      const actors = withNewer(state.actors, `${event.fact.agency}/${event.fact.actor}`, event.fact);
      return actors === state.actors ? state : { ...state, actors };
    }
    case 'group': {
      const groups = withNewer(state.groups, event.fact.id, event.fact);
      return groups === state.groups ? state : { ...state, groups };
    }
    case 'agreement': {
      const agreements = withNewer(state.agreements, event.fact.id, event.fact);
      return agreements === state.agreements ? state : { ...state, agreements };
    }
    case 'consent': {
      const consents = withNewer(state.consents, event.fact.id, event.fact);
      return consents === state.consents ? state : { ...state, consents };
    }
  }
}

function withNewer<K, F extends { readonly version: number }>(facts: ReadonlyMap<K, F>, key: K, fact: F): ReadonlyMap<K, F> {
  const stored = facts.get(key);
  if (stored !== undefined && fact.version <= stored.version) return facts;
  return new Map(facts).set(key, fact);
}

/** The members of a group at its present epoch; a closed or unknown group has none. */
export function membersOf(state: PolicyState, group: string): readonly AgencyId[] {
  const facts = state.groups.get(group);
  return facts === undefined || facts.closed ? [] : facts.members;
}

/** Whether an agency is bound by an agreement: as a party, or as a member of its group at the present epoch. */
export function isBound(state: PolicyState, agreement: AgreementFacts, agency: AgencyId): boolean {
  if (agreement.parties.includes(agency)) return true;
  return agreement.group !== undefined && membersOf(state, agreement.group).includes(agency);
}
