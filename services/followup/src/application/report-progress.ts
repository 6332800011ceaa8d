import { checkVersion, type Uuid } from '@corridor/kernel';
import { decideReport, requireReporter, type Acting, type NewReport } from '../domain/progress.ts';
import type { Recommendation } from '../domain/recommendation.ts';
import { changeRecommendation } from './change-recommendation.ts';
import type { Followup } from './followup.ts';

/**
 * Reports progress of the actor's agency; a report that is there changes nothing.
 * @throws CorridorError NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT, STATE_FORBIDS, ALREADY_EXISTS, VERSION_CONFLICT
 */
export const reportProgress = (followup: Followup, by: Acting, id: Uuid, report: NewReport, expectedVersion: number): Promise<Recommendation> =>
  changeRecommendation(followup, by, id, (recommendation) => {
    const event = decideReport(recommendation, by, report);
    requireReporter(recommendation, by, followup.policy.state, followup.clock.now(), followup.places);
    // A repeat names the version before what it repeats.
    if (event !== undefined) checkVersion(expectedVersion, recommendation.version);
    return event;
  });
