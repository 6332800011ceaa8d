import { type AgencyId, CorridorError } from '@corridor/kernel';
import type { ActorRef, PolicyState, Role } from '@corridor/policy';
import type { Caller } from '../rpc/rpc.ts';
import { actorName } from '../wire/names.ts';
import { unauthenticated } from './unauthenticated.ts';

/** The one agency whose actors may be operators. */
export const OPERATOR_AGENCY = 'operator';

/** What a method demands of its caller. */
export interface Demand {
  readonly roles: 'every actor' | readonly Role[];
  readonly whileInactive?: true;
}

/**
 * The caller as the policy state knows it now.
 * @throws CorridorError UNAUTHENTICATED when there is no such actor or it is retired, AGENCY_NOT_ACTIVE,
 * PERMISSION_DENIED when it has none of the demanded roles
 */
export function authorise(state: PolicyState, { agency, actor }: ActorRef, demand: Demand): Caller {
  const facts = state.actors.get(`${agency}/${actor}`);
  const agencyState = agencyStateOf(state, agency);
  if (facts === undefined || facts.retired || agencyState === undefined) throw unauthenticated();
  if (agencyState !== 'active' && demand.whileInactive !== true) {
    throw new CorridorError('AGENCY_NOT_ACTIVE', `the agency ${agency} is ${agencyState}`, { agency, state: agencyState });
  }
  const roles = new Set(facts.roles.filter((role) => role !== 'operator' || agency === OPERATOR_AGENCY));
  if (demand.roles !== 'every actor' && !demand.roles.some((role) => roles.has(role))) {
    const needed = demand.roles.join(', ');
    throw new CorridorError('PERMISSION_DENIED', `the call needs one of the roles ${needed}`, { roles: needed });
  }
  return { agency, actor, name: actorName({ agency, actor }), roles, agencyState };
}

/** The operator takes no part in the exchange and so need not be an agency of the registry. */
const agencyStateOf = (state: PolicyState, agency: AgencyId): Caller['agencyState'] | undefined =>
  state.agencies.get(agency)?.state ?? (agency === OPERATOR_AGENCY ? 'active' : undefined);
