import { CorridorError } from '@corridor/kernel';
import { NewRecommendation, type AdoptRecommendationsRequest } from '@corridor/contracts/followup/v1/followup';
import type { Followup } from '../api/followup.ts';
import { checkCalls } from '../checked-calls.ts';
import { importInvalid, type Problem } from '../csv/problems.ts';
import { adoptionCalls, type AdoptionCall } from './adoption-calls.ts';
import { identified, type FiledRecommendation } from './filed.ts';
import { adopted } from './own-layout.ts';

/** A file that was read whole, and how it is entered. */
export interface FileToAdopt {
  /** Its name, for messages. */
  readonly file: string;
  readonly filed: readonly FiledRecommendation[];
  /** Whether those with the same text on the same place at the same meeting are marked as repeats of the first. */
  readonly sameText?: boolean;
  /** Whether the node only checks. */
  readonly checkOnly?: boolean;
}

/** What became of a file. */
export interface AdoptionOutcome {
  readonly rows: number;
  readonly meetings: number;
  /** Those that are marked as repeats of another. */
  readonly repeats: number;
  /** Those that are new; 0 when the node only checked. */
  readonly adopted: number;
  /** Those that were there already. */
  readonly known: number;
}

/**
 * Enters the recommendations of a file that was read whole. The node checks all of them before the first one is entered.
 * Entering it again goes on where it stopped, since what is there already counts as known.
 * @param onProgress told how many recommendations the node has.
 * @throws CorridorError IMPORT_INVALID naming the lines that the node would refuse.
 */
export async function adoptFile(
  followup: Followup,
  { file, filed, sameText = false, checkOnly = false }: FileToAdopt,
  onProgress: (done: number) => void = () => undefined,
): Promise<AdoptionOutcome> {
  const times = await meetingTimes(followup, file, filed);
  const withIds = identified(filed, (meeting) => times.get(meeting) ?? 0, sameText);
  const there = await standing(followup, [...times.keys()]);
  const known = withIds.filter(({ recommendation }) => there.has(recommendation.recommendationId)).length;
  // What export wrote, positions and marks of later days among it, is no other content of what is there.
  const calls = adoptionCalls(withIds.filter(({ recommendation }) => there.get(recommendation.recommendationId) !== contentOf(recommendation)));
  await checkCalls(
    file,
    calls.map((call) => ({ lines: call.items.map(({ line }) => line), check: () => followup.adoptRecommendations(checkOf(call)) })),
  );
  const outcome = { rows: filed.length, meetings: times.size, repeats: withIds.filter(({ recommendation }) => recommendation.duplicateOf !== '').length, known };
  if (checkOnly) return { ...outcome, adopted: 0 };
  let done = 0;
  for (const call of calls) {
    await followup.adoptRecommendations(requestOf(call));
    done += call.items.length;
    onProgress(done);
  }
  return { ...outcome, adopted: withIds.length - known };
}

const contentOf = (recommendation: NewRecommendation): string => JSON.stringify(NewRecommendation.toJSON(recommendation));

const requestOf = ({ meeting, items }: AdoptionCall): AdoptRecommendationsRequest => ({
  meeting,
  recommendations: items.map(({ recommendation }) => recommendation),
  validateOnly: false,
});

/** The same without what only another call will have entered. */
function checkOf(call: AdoptionCall): AdoptRecommendationsRequest {
  const recommendations = call.items.map(({ recommendation }) =>
    call.elsewhere.has(recommendation.recommendationId) ? { ...recommendation, duplicateOf: '' } : recommendation,
  );
  return { ...requestOf(call), recommendations, validateOnly: true };
}

/** When each meeting of the file took place, milliseconds since the epoch. */
async function meetingTimes(followup: Followup, file: string, filed: readonly FiledRecommendation[]): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  const problems: Problem[] = [];
  for (const [name, [first]] of Map.groupBy(filed, ({ meeting }) => meeting)) {
    try {
      times.set(name, (await followup.getMeeting({ name })).meeting?.meetingTime?.getTime() ?? 0);
    } catch (error) {
      if (!(error instanceof CorridorError) || error.reason !== 'NOT_FOUND') throw error;
      problems.push({ line: first?.line ?? 0, reason: `${name} is not there: create it first` });
    }
  }
  if (problems.length > 0) throw importInvalid(file, problems);
  return times;
}

/** The recommendations that meetings have already, by id, as they would be adopted now. */
async function standing(followup: Followup, meetings: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const there = new Map<string, string>();
  for (const meeting of meetings) {
    const filter = { meeting, addressees: [], themes: [], implementations: [], overdue: false, blocked: false };
    let pageToken = '';
    do {
      const page = await followup.listRecommendations({ filter, asOf: undefined, pageSize: 1_000, pageToken });
      for (const one of page.recommendations.map(adopted)) there.set(one.recommendationId, contentOf(one));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
  }
  return there;
}
