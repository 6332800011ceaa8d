import { CorridorError, refuse, type Uuid } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import type { DuplicateOf } from '../domain/duplicates.ts';
import { isErased, type Followup } from './followup.ts';
import { readable } from './read.ts';
import { shownRecommendations } from './shown.ts';

/** What the recommendations that are stored repeat. */
export const duplicateOfIn =
  ({ recommendations }: Followup): DuplicateOf =>
  async (id) => {
    const stored = (await recommendations.get(id))?.doc;
    return stored === undefined || isErased(stored) ? undefined : stored.state.duplicateOf;
  };

/** Nobody learns by naming an original whether there is one that it may not see. @throws CorridorError INVALID_ARGUMENT */
export async function requireOriginal(followup: Followup, by: ActorRef, original: Uuid, field: string): Promise<void> {
  try {
    await readable(followup, shownRecommendations(followup), original, by, followup.clock.now());
  } catch (error) {
    if (CorridorError.from(error).reason !== 'NOT_FOUND') throw error;
    refuse(field, 'must name a recommendation that is there');
  }
}
