import { checkVersion, type Uuid } from '@corridor/kernel';
import { decidePosition, type Acting } from '../domain/progress.ts';
import type { Recommendation } from '../domain/recommendation.ts';
import type { Position } from '../domain/vocabulary.ts';
import { changeRecommendation } from './change-recommendation.ts';
import type { Followup } from './followup.ts';

/** States the position of the actor's agency. @throws CorridorError NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT, VERSION_CONFLICT */
export const setPosition = (followup: Followup, by: Acting, id: Uuid, position: Position, text: string, expectedVersion: number): Promise<Recommendation> =>
  changeRecommendation(followup, by, id, (recommendation) => {
    checkVersion(expectedVersion, recommendation.version);
    return decidePosition(recommendation, by, position, text);
  });
