import { Admission, type RpcDemand } from '@corridor/contracts/node/v1/node';
import { ROLES } from '@corridor/policy';
import type { Demand } from '../auth/authorise.ts';
import { wire } from '../wire/enums.ts';

/** What an RPC demands of its caller; `nothing`: anyone may call it, without a token. */
export type RpcDemands = Demand | 'nothing';

/** What an RPC demands, as corridor.node.v1 carries it. */
export function demandToWire(rpc: string, demand: RpcDemands): RpcDemand {
  if (demand === 'nothing') return { rpc, admission: Admission.ADMISSION_ANYONE, roles: [], whileInactive: true };
  const whileInactive = demand.whileInactive === true;
  if (demand.roles === 'every actor') return { rpc, admission: Admission.ADMISSION_EVERY_ACTOR, roles: [], whileInactive };
  return { rpc, admission: Admission.ADMISSION_ROLES, roles: wire.role.allTo(demand.roles), whileInactive };
}

/** What an RPC demands, read. An admission or a role that this version does not know admits nobody. */
export function demandFromWire({ admission, roles, whileInactive }: RpcDemand): RpcDemands {
  const inactive = whileInactive ? ({ whileInactive: true } as const) : {};
  switch (admission) {
    case Admission.ADMISSION_ANYONE:
      return 'nothing';
    case Admission.ADMISSION_EVERY_ACTOR:
      return { roles: 'every actor', ...inactive };
    case Admission.ADMISSION_ROLES:
      return { roles: ROLES.filter((role) => roles.includes(wire.role.to(role))), ...inactive };
    case Admission.ADMISSION_UNSPECIFIED:
    case Admission.UNRECOGNIZED:
      return NOBODY;
    default:
      admission satisfies never;
      return NOBODY;
  }
}

const NOBODY: RpcDemands = { roles: [] };
