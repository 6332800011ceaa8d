import { checkVersion, CorridorError, type Uuid } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { checkDuplicate } from '../domain/duplicates.ts';
import type { Recommendation, RecommendationEvent } from '../domain/recommendation.ts';
import { changeRecommendation } from './change-recommendation.ts';
import { change } from './change.ts';
import type { Followup } from './followup.ts';
import { recommendationsOf } from './kinds.ts';
import { duplicateOfIn, requireOriginal } from './originals.ts';

export interface MarkDuplicate {
  readonly id: Uuid;
  /** Undefined: it repeats none any more. */
  readonly duplicateOf: Uuid | undefined;
  readonly expectedVersion: number;
}

/** Marks a recommendation of the actor's secretariat as a repeat, or takes that back. @throws CorridorError NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT, VERSION_CONFLICT */
export async function markDuplicate(followup: Followup, by: ActorRef, { id, duplicateOf, expectedVersion }: MarkDuplicate): Promise<Recommendation> {
  const marked = await changeRecommendation(followup, by, id, async (recommendation) => {
    if (recommendation.secretariat !== by.agency) throw new CorridorError('PERMISSION_DENIED', 'the secretariat says what repeats what');
    checkVersion(expectedVersion, recommendation.version);
    if (duplicateOf !== undefined) await checkOriginal(followup, by, id, duplicateOf);
    return duplicateOf === recommendation.duplicateOf ? undefined : mark(duplicateOf);
  });
  if (duplicateOf !== undefined) await requireNoCircle(followup, by, id, duplicateOf);
  return marked;
}

const FIELD = 'duplicate_of';

async function checkOriginal(followup: Followup, by: ActorRef, repeat: Uuid, original: Uuid): Promise<void> {
  await requireOriginal(followup, by, original, FIELD);
  await checkDuplicate(repeat, original, duplicateOfIn(followup), FIELD);
}

/**
 * Two marks that were each checked before the other was there may close a circle together. Whoever comes last sees both,
 * and takes its own back.
 */
async function requireNoCircle(followup: Followup, by: ActorRef, repeat: Uuid, original: Uuid): Promise<void> {
  try {
    await checkDuplicate(repeat, original, duplicateOfIn(followup), FIELD);
  } catch (error) {
    if (CorridorError.from(error).reason !== 'INVALID_ARGUMENT') throw error;
    await change(followup, recommendationsOf(followup), repeat, by, ({ duplicateOf }) => (duplicateOf === original ? mark(undefined) : undefined));
    throw new CorridorError('VERSION_CONFLICT', 'another mark came between: both together would lead in a circle', { field: FIELD }, { cause: error });
  }
}

const mark = (of: Uuid | undefined): RecommendationEvent => ({ kind: 'duplicate-marked', ...(of === undefined ? {} : { of }) });
