import { prefix, type PagePosition } from '@corridor/documents';
import type { AgencyId } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import type { Listed } from '@corridor/runtime';
import type { Plan } from '../domain/plan.ts';
import type { Followup } from './followup.ts';
import { readOne, readPage } from './read.ts';
import { shownPlans } from './shown.ts';
import { planKey } from './stored.ts';

/** A plan as the reader may see it, as it stood at a moment. @throws CorridorError NOT_FOUND */
export const getPlan = (followup: Followup, reader: ActorRef, plan: Pick<Plan, 'agency' | 'id'>, moment: number): Promise<Plan> =>
  readOne(followup, shownPlans(followup), planKey(plan), reader, moment);

/** One page of the plans that the reader may see, of one agency or of all. */
export const listPlans = (
  followup: Followup,
  reader: ActorRef,
  agency: AgencyId | undefined,
  moment: number,
  after: PagePosition | undefined,
  size: number,
): Promise<Listed<Plan>> => {
  const range = agency === undefined ? { from: '' } : prefix(`${agency}/`);
  return readPage(followup, shownPlans(followup), { index: 'all', range, wants: () => true }, reader, moment, after, size);
};
