import type { RegistryServiceService } from '@corridor/contracts/registry/v1/registry';
import type { Methods } from '@corridor/runtime';
import { actorMethods } from './actor-methods.ts';
import { agencyMethods } from './agency-methods.ts';
import { agreementMethods } from './agreement-methods.ts';
import { groupMethods } from './group-methods.ts';
import type { Served } from './served.ts';

/**
 * The RPCs of the registry. Agencies that are not active may read and narrow (withdraw, retire, revoke, suspend,
 * terminate, leave); what widens needs an active one.
 * @param served throws CorridorError UNAVAILABLE before the service has started
 */
export const registryMethods = (served: () => Served): Methods<typeof RegistryServiceService> => ({
  ...agencyMethods(served),
  ...actorMethods(served),
  ...agreementMethods(served),
  ...groupMethods(served),
});
