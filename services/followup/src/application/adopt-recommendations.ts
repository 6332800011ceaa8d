import { CorridorError, newUuid, refuse, type Uuid } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { checkProposal, type Proposed } from '../domain/adopt.ts';
import { checkDuplicate } from '../domain/duplicates.ts';
import type { Meeting } from '../domain/meeting.ts';
import type { Adopted, Recommendation } from '../domain/recommendation.ts';
import { enterBatch } from './batches.ts';
import { isErased, type Followup } from './followup.ts';
import { duplicateOfIn, requireOriginal } from './originals.ts';
import { readable } from './read.ts';
import { shownMeetings } from './shown.ts';

const MAX_AT_ONCE = 500;

export interface AdoptCommand {
  readonly by: ActorRef;
  readonly meeting: string;
  readonly proposed: readonly Proposed[];
  /** Only checked: nothing is entered. */
  readonly validateOnly: boolean;
}

/**
 * Enters what a meeting adopted: all or none. Those that are there with the same content are repeats.
 * @throws CorridorError NOT_FOUND, PERMISSION_DENIED, ALREADY_EXISTS, and what is wrong with a proposal, naming it by its index
 */
export async function adoptRecommendations({ by, meeting: id, proposed, validateOnly }: AdoptCommand, followup: Followup): Promise<readonly Recommendation[]> {
  if (proposed.length === 0 || proposed.length > MAX_AT_ONCE) refuse('recommendations', `takes 1-${MAX_AT_ONCE}`);
  const meeting = await meetingOf(followup, by, id);
  const adopted = proposed.map((one, i) => checkProposal(one, meeting, followup.places, followup.policy.state, `recommendations[${i}]`));
  checkDistinctIds(adopted);
  const there = new Set((await storedOf(followup, adopted)).map((one) => one.id));
  await checkDuplicates(followup, by, adopted, there);
  if (validateOnly) return [];
  const fresh = adopted.filter((one) => !there.has(one.id));
  if (fresh.length > 0) {
    await enterBatch(followup, { id: newUuid(followup.clock.now()), by: { agency: by.agency, actor: by.actor }, kind: 'recommendations', items: fresh });
  }
  // Another call may have been faster with one of the ids: it is told apart as before.
  return storedOf(followup, adopted);
}

async function meetingOf(followup: Followup, by: ActorRef, id: string): Promise<Meeting> {
  const { state } = await readable(followup, shownMeetings(followup, by.agency), id, by, followup.clock.now());
  if (state.secretariat !== by.agency) throw new CorridorError('PERMISSION_DENIED', 'the secretariat of the meeting enters what it adopted');
  return state;
}

/** @throws CorridorError INVALID_ARGUMENT */
function checkDistinctIds(adopted: readonly Adopted[]): void {
  const before = new Set<Uuid>();
  adopted.forEach(({ id }, i) => {
    if (before.has(id)) refuse(`recommendations[${i}].recommendation_id`, 'stands in the call before');
    before.add(id);
  });
}

/** Those that are there, as they stand. @throws CorridorError ALREADY_EXISTS when one is there with other content */
async function storedOf({ recommendations }: Followup, adopted: readonly Adopted[]): Promise<readonly Recommendation[]> {
  const there: Recommendation[] = [];
  for (const { id, doc } of await recommendations.getAll(adopted.map((one) => one.id))) {
    const first = isErased(doc) ? undefined : doc.history[0]?.event;
    const i = adopted.findIndex((one) => one.id === id);
    const same = first?.kind === 'adopted' && contentOf(first.adopted) === contentOf(adopted[i]);
    if (isErased(doc) || !same) {
      throw new CorridorError('ALREADY_EXISTS', `recommendations[${i}] has the id of other content`, { field: `recommendations[${i}].recommendation_id` });
    }
    there.push(doc.state);
  }
  return there;
}

/** Equal for equal content, whatever the order in which its parts were put together. */
const contentOf = (adopted: Adopted | undefined): string =>
  JSON.stringify(Object.entries(adopted ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Of what is new: what is there was checked when it was entered, and what it repeats may have been said anew since. */
async function checkDuplicates(followup: Followup, by: ActorRef, adopted: readonly Adopted[], there: ReadonlySet<Uuid>): Promise<void> {
  const fresh = new Map(adopted.filter(({ id }) => !there.has(id)).map((one) => [one.id, one.duplicateOf]));
  const stored = duplicateOfIn(followup);
  for (const [i, { id, duplicateOf }] of adopted.entries()) {
    if (duplicateOf === undefined || !fresh.has(id)) continue;
    const field = `recommendations[${i}].duplicate_of`;
    if (!fresh.has(duplicateOf)) await requireOriginal(followup, by, duplicateOf, field);
    await checkDuplicate(id, duplicateOf, async (of) => (fresh.has(of) ? fresh.get(of) : stored(of)), field);
  }
}
