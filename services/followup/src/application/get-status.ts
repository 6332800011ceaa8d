import type { ActorRef } from '@corridor/policy';
import type { RecommendationFilter } from '../domain/filter.ts';
import { StatusTally } from '../domain/status.ts';
import type { Followup } from './followup.ts';
import { walkOf } from './list-recommendations.ts';
import { readAll } from './read.ts';
import { shownRecommendations } from './shown.ts';

/** How many of the recommendations that the reader may see and wants stand where, as they stood at a moment. */
export async function getStatus(followup: Followup, reader: ActorRef, filter: RecommendationFilter, moment: number): Promise<StatusTally> {
  const tally = new StatusTally(moment);
  await readAll(followup, shownRecommendations(followup), walkOf(filter, moment), reader, moment, (recommendation) => tally.add(recommendation));
  return tally;
}
