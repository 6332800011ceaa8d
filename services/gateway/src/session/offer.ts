import { type Caller, type Demand, agencyName, authorise } from '@corridor/runtime';
import type { PolicyState, Role } from '@corridor/policy';
import type { Operation } from '../contract/operations.ts';
import type { Session } from './identity.ts';

/** What an RPC demands of its caller, by its path; undefined when the node does not serve it. */
export type DemandOf = (rpc: string) => Demand | 'nothing' | undefined;

/** Who is signed in, and what is offered to it. */
export interface Offer {
  readonly actor: string;
  readonly agency: string;
  readonly agencyState: Caller['agencyState'];
  /** RFC 3339. */
  readonly expireTime: string;
  readonly roles: readonly { readonly role: Role; readonly actions: readonly string[] }[];
  /** Ids of operations. */
  readonly actions: readonly string[];
}

/**
 * What is offered to an actor, by the very demands that the node makes of its calls.
 * @throws CorridorError UNAUTHENTICATED when the actor has been retired
 */
export function offerTo(session: Session, state: PolicyState, operations: readonly Operation[], demandOf: DemandOf): Offer {
  const caller = authorise(state, session, { roles: 'every actor', whileInactive: true });
  const allowed = (roles: ReadonlySet<Role>): readonly string[] => operations.filter(({ rpc }) => admits(demandOf(rpc), caller, roles)).map(({ id }) => id);
  return {
    actor: caller.name,
    agency: agencyName(caller.agency),
    agencyState: caller.agencyState,
    expireTime: new Date(session.expiresAt).toISOString(),
    roles: [...caller.roles].toSorted().map((role) => ({ role, actions: allowed(new Set([role])) })),
    actions: allowed(caller.roles),
  };
}

function admits(demand: ReturnType<DemandOf>, { agencyState }: Caller, roles: ReadonlySet<Role>): boolean {
  if (demand === undefined) return false;
  if (demand === 'nothing') return true;
  if (agencyState !== 'active' && demand.whileInactive !== true) return false;
  return demand.roles === 'every actor' || demand.roles.some((role) => roles.has(role));
}
