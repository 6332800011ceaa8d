import type { Uuid } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import type { Recommendation, RecommendationEvent } from '../domain/recommendation.ts';
import { change } from './change.ts';
import type { Followup } from './followup.ts';
import { recommendationsOf } from './kinds.ts';
import { readable, readOne } from './read.ts';
import { shownRecommendations } from './shown.ts';

/**
 * Commits what somebody does to a recommendation that it may see.
 * @returns the recommendation after it, as the actor may see it
 * @throws CorridorError NOT_FOUND when it may not see it, and what `decide` throws
 */
export async function changeRecommendation(
  followup: Followup,
  by: ActorRef,
  id: Uuid,
  decide: (recommendation: Recommendation) => RecommendationEvent | undefined | Promise<RecommendationEvent | undefined>,
): Promise<Recommendation> {
  const shown = shownRecommendations(followup);
  await readable(followup, shown, id, by, followup.clock.now());
  await change(followup, recommendationsOf(followup), id, by, decide);
  // What is shown is decided anew: the policy state may have changed meanwhile.
  return readOne(followup, shown, id, by, followup.clock.now());
}
