import { checkVersion, type Uuid } from '@corridor/kernel';
import { decideObstacle, requireReporter, type Acting, type NewObstacle } from '../domain/progress.ts';
import type { Recommendation } from '../domain/recommendation.ts';
import { changeRecommendation } from './change-recommendation.ts';
import type { Followup } from './followup.ts';

/**
 * Reports an obstacle of the actor's agency; one that is there changes nothing.
 * @throws CorridorError NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT, STATE_FORBIDS, ALREADY_EXISTS, VERSION_CONFLICT
 */
export const openObstacle = (followup: Followup, by: Acting, id: Uuid, obstacle: NewObstacle, expectedVersion: number): Promise<Recommendation> =>
  changeRecommendation(followup, by, id, (recommendation) => {
    const event = decideObstacle(recommendation, by, obstacle);
    requireReporter(recommendation, by, followup.policy.state, followup.clock.now(), followup.places);
    if (event === undefined) return undefined;
    checkVersion(expectedVersion, recommendation.version);
    return event;
  });
