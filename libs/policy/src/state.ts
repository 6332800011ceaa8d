import type { AgencyId } from '@corridor/kernel';
import type { AgreementFacts, PolicyEvent, PolicyState } from './facts.ts';

/** The state before the first event: no agency is active, so nobody sends or receives anything. */
export const emptyPolicyState: PolicyState = {
  agencies: new Map(),
  actors: new Map(),
  focalPoints: new Map(),
  groups: new Map(),
  agreements: new Map(),
  consents: new Map(),
};

/**
 * The state after one event: a new object, or the same one when the event's version is not newer than the stored one
 * (a redelivery; an older epoch never grants what a newer one took away). Gaps are the caller's to wait out.
 */
export const evolve = (state: PolicyState, event: PolicyEvent): PolicyState => evolveAll(state, [event]);

/** The state after several events, as if `evolve` were called for each, at the cost of one copy instead of many. */
export function evolveAll(state: PolicyState, events: readonly PolicyEvent[]): PolicyState {
  const agencies = new Newest(state.agencies);
  const actors = new Newest(state.actors);
  const focalPoints = new Newest(state.focalPoints);
  const groups = new Newest(state.groups);
  const agreements = new Newest(state.agreements);
  const consents = new Newest(state.consents);
  for (const event of events) {
    switch (event.kind) {
      case 'agency':
        agencies.take(event.fact.id, event.fact);
        break;
      case 'actor':
        actors.take(`${event.fact.agency}/${event.fact.actor}`, event.fact);
        break;
      case 'focal-point':
        focalPoints.take(`${event.fact.agency}/${event.fact.id}`, event.fact);
        break;
      case 'group':
        groups.take(event.fact.id, event.fact);
        break;
      case 'agreement':
        agreements.take(event.fact.id, event.fact);
        break;
      case 'consent':
        consents.take(event.fact.id, event.fact);
        break;
    }
  }
  if (![agencies, actors, focalPoints, groups, agreements, consents].some((facts) => facts.changed)) return state;
  return {
    agencies: agencies.facts,
    actors: actors.facts,
    focalPoints: focalPoints.facts,
    groups: groups.facts,
    agreements: agreements.facts,
    consents: consents.facts,
  };
}

/** The newest version of each fact; copies the map it began with at the first change and leaves that one alone. */
class Newest<K, F extends { readonly version: number }> {
  readonly #before: ReadonlyMap<K, F>;
  #copy: Map<K, F> | undefined;

  constructor(before: ReadonlyMap<K, F>) {
    this.#before = before;
  }

  get facts(): ReadonlyMap<K, F> {
    return this.#copy ?? this.#before;
  }

  get changed(): boolean {
    return this.#copy !== undefined;
  }

  take(key: K, fact: F): void {
    const stored = this.facts.get(key);
    if (stored !== undefined && fact.version <= stored.version) return;
    this.#copy ??= new Map(this.#before);
    this.#copy.set(key, fact);
  }
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
