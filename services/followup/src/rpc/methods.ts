import type { FollowupServiceService } from '@corridor/contracts/followup/v1/followup';
import type { Methods } from '@corridor/runtime';
import { planMethods } from './plan-methods.ts';
import { recommendationMethods } from './recommendation-methods.ts';
import type { Served } from './served.ts';

/**
 * The RPCs of follow-up.
 * @param served throws CorridorError UNAVAILABLE before the service has started
 */
export const followupMethods = (served: () => Served): Methods<typeof FollowupServiceService> => ({
  ...recommendationMethods(served),
  ...planMethods(served),
});
