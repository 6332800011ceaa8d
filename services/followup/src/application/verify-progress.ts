import { checkVersion, type Uuid } from '@corridor/kernel';
import { decideVerification, type Acting } from '../domain/progress.ts';
import type { Recommendation } from '../domain/recommendation.ts';
import type { Verification } from '../domain/vocabulary.ts';
import { changeRecommendation } from './change-recommendation.ts';
import type { Followup } from './followup.ts';

export interface VerifyProgress {
  readonly id: Uuid;
  readonly report: Uuid;
  readonly verification: Verification;
  readonly text: string;
  readonly expectedVersion: number;
}

/** Verifies or disputes a report of another agency. @throws CorridorError NOT_FOUND, FOUR_EYES, INVALID_ARGUMENT, VERSION_CONFLICT */
export const verifyProgress = (followup: Followup, by: Acting, { id, report, verification, text, expectedVersion }: VerifyProgress): Promise<Recommendation> =>
  changeRecommendation(followup, by, id, (recommendation) => {
    checkVersion(expectedVersion, recommendation.version);
    return decideVerification(recommendation, by, report, verification, text);
  });
