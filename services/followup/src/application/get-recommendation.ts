import type { Uuid } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import type { Recommendation } from '../domain/recommendation.ts';
import type { Followup } from './followup.ts';
import { readOne } from './read.ts';
import { shownRecommendations } from './shown.ts';

/** A recommendation as the reader may see it, as it stood at a moment. @throws CorridorError NOT_FOUND */
export const getRecommendation = (followup: Followup, reader: ActorRef, id: Uuid, moment: number): Promise<Recommendation> =>
  readOne(followup, shownRecommendations(followup), id, reader, moment);
