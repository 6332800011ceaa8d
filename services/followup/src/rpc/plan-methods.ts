import { allow, expectedVersionFrom, paged, parseAgencyName } from '@corridor/runtime';
import { putPlan } from '../application/put-plan.ts';
import { listContributions, sumContributions } from '../application/read-contributions.ts';
import { getPlan, listPlans } from '../application/read-plans.ts';
import { recordContributions } from '../application/record-contributions.ts';
import { contributionFilterFrom, flowFrom, planFrom } from './from-wire.ts';
import { parsePlanName } from './names.ts';
import { boundTo, momentOf, type Served, type Some } from './served.ts';
import { contributionTo, planTo, sumsTo } from './to-wire.ts';

type PlanMethods = Some<'putPlan' | 'getPlan' | 'listPlans' | 'recordContributions' | 'listContributions' | 'sumContributions'>;

const READERS = ['reader', 'publisher', 'approver', 'duty-officer'] as const;

/** Plans of agencies, and what is contributed to them. */
export const planMethods = (served: () => Served): PlanMethods => ({
  putPlan: allow(['publisher'], async ({ plan, expectedVersion }, { caller }) => {
    const { followup } = served();
    return { plan: planTo(await putPlan(followup, caller, planFrom(plan), expectedVersionFrom(expectedVersion)), followup.clock.now()) };
  }),
  getPlan: allow(READERS, async ({ name, asOf }, { caller }) => {
    const { followup } = served();
    const moment = momentOf(followup, asOf);
    return { plan: planTo(await getPlan(followup, caller, parsePlanName(name, 'name'), moment), moment) };
  }),
  listPlans: allow(READERS, async (request, { caller }) => {
    const { followup, pageTokens } = served();
    const agency = request.parent === '' ? undefined : parseAgencyName(request.parent, 'parent');
    const moment = momentOf(followup, request.asOf);
    const list = { list: 'ListPlans', caller: caller.name, parent: boundTo(request.parent, request.asOf) };
    const { items, nextPageToken } = await paged(pageTokens, list, request, (after, limit) => listPlans(followup, caller, agency, moment, after, limit));
    return { plans: items.map((plan) => planTo(plan, moment)), nextPageToken };
  }),
  recordContributions: allow(['publisher'], async ({ contributions, validateOnly }, { caller }) => {
    const flows = contributions.map((one, i) => flowFrom(one, caller.agency, `contributions[${i}]`));
    const { created, updated, repeated } = await recordContributions({ by: caller, flows, validateOnly }, served().followup);
    return { created, updated, repeatedReports: repeated };
  }),
  listContributions: allow(READERS, async (request, { caller }) => {
    const { followup, pageTokens } = served();
    const filter = contributionFilterFrom(request.filter);
    const moment = momentOf(followup, request.asOf);
    const list = { list: 'ListContributions', caller: caller.name, parent: boundTo(filter, request.asOf) };
    const { items, nextPageToken } = await paged(pageTokens, list, request, (after, limit) => listContributions(followup, caller, filter, moment, after, limit));
    return { contributions: items.map(contributionTo), nextPageToken };
  }),
  sumContributions: allow(READERS, async ({ filter, asOf }, { caller }) => {
    const { followup } = served();
    return sumsTo(await sumContributions(followup, caller, contributionFilterFrom(filter), momentOf(followup, asOf)));
  }),
});
