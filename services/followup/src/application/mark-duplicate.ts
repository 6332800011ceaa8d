import { checkVersion, CorridorError, type Uuid } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { checkDuplicate, type DuplicateOf } from '../domain/duplicates.ts';
import type { Recommendation } from '../domain/recommendation.ts';
import { changeRecommendation } from './change-recommendation.ts';
import { isErased, type Followup } from './followup.ts';

/** What the recommendations that are stored repeat. */
export const duplicateOfIn =
  ({ recommendations }: Followup): DuplicateOf =>
  async (id) => {
    const stored = (await recommendations.get(id))?.doc;
    return stored === undefined || isErased(stored) ? 'unknown' : stored.state.duplicateOf;
  };

export interface MarkDuplicate {
  readonly id: Uuid;
  /** Undefined: it repeats none any more. */
  readonly duplicateOf: Uuid | undefined;
  readonly expectedVersion: number;
}

/** Marks a recommendation of the actor's secretariat as a repeat, or takes that back. @throws CorridorError NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT, VERSION_CONFLICT */
export const markDuplicate = (followup: Followup, by: ActorRef, { id, duplicateOf, expectedVersion }: MarkDuplicate): Promise<Recommendation> =>
  changeRecommendation(followup, by, id, async (recommendation) => {
    checkVersion(expectedVersion, recommendation.version);
    if (recommendation.secretariat !== by.agency) throw new CorridorError('PERMISSION_DENIED', 'the secretariat says what repeats what');
    if (duplicateOf !== undefined) await checkDuplicate(id, duplicateOf, duplicateOfIn(followup), 'duplicate_of');
    if (duplicateOf === recommendation.duplicateOf) return undefined;
    return { kind: 'duplicate-marked', ...(duplicateOf === undefined ? {} : { of: duplicateOf }) };
  });
