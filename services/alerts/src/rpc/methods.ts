import type { AlertsServiceService } from '@corridor/contracts/alerts/v1/alerts';
import type { Methods } from '@corridor/runtime';
import { alertMethods } from './alert-methods.ts';
import { ruleMethods } from './rule-methods.ts';
import type { Served } from './served.ts';

/**
 * The RPCs of early warning. Rules and what is done to alerts are the early-warning agency's alone; alerts are read by
 * whoever may receive them.
 * @param served throws CorridorError UNAVAILABLE before the service has started
 */
export const alertsMethods = (served: () => Served): Methods<typeof AlertsServiceService> => ({ ...ruleMethods(served), ...alertMethods(served) });
