import type { PagePosition } from '@corridor/documents';
import type { ActorRef } from '@corridor/policy';
import type { Listed } from '@corridor/runtime';
import { wantsFlow, type Contribution, type ContributionFilter } from '../domain/contribution.ts';
import { ContributionTally } from '../domain/sums.ts';
import type { Followup } from './followup.ts';
import { readAll, readPage, type Walk } from './read.ts';
import { shownContributions } from './shown.ts';

const walkOf = (filter: ContributionFilter): Walk<Contribution> => ({ index: 'all', range: { from: '' }, wants: (flow) => wantsFlow(filter, flow) });

/** One page of the flows that the reader may see and wants, as they stood at a moment. */
export const listContributions = (
  followup: Followup,
  reader: ActorRef,
  filter: ContributionFilter,
  moment: number,
  after: PagePosition | undefined,
  size: number,
): Promise<Listed<Contribution>> => readPage(followup, shownContributions(followup), walkOf(filter), reader, moment, after, size);

/** What the flows that the reader may see and wants come to, as they stood at a moment. */
export async function sumContributions(followup: Followup, reader: ActorRef, filter: ContributionFilter, moment: number): Promise<ContributionTally> {
  const tally = new ContributionTally();
  await readAll(followup, shownContributions(followup), walkOf(filter), reader, moment, (flow) => tally.add(flow));
  return tally;
}
