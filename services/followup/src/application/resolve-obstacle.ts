import { checkVersion, type Uuid } from '@corridor/kernel';
import { decideResolution, type Acting } from '../domain/progress.ts';
import type { Recommendation } from '../domain/recommendation.ts';
import { changeRecommendation } from './change-recommendation.ts';
import type { Followup } from './followup.ts';

/** Resolves an obstacle; one that is resolved stays as it is. @throws CorridorError NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT, VERSION_CONFLICT */
export const resolveObstacle = (followup: Followup, by: Acting, id: Uuid, obstacle: Uuid, how: string, expectedVersion: number): Promise<Recommendation> =>
  changeRecommendation(followup, by, id, (recommendation) => {
    const event = decideResolution(recommendation, by, obstacle, how);
    if (event !== undefined) checkVersion(expectedVersion, recommendation.version);
    return event;
  });
