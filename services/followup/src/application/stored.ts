import { storedJson, type CollectionSpec } from '@corridor/documents';
import type { AgencyId } from '@corridor/kernel';
import { contributionSubject, flowId, type Contribution } from '../domain/contribution.ts';
import { meetingSubject, type Meeting } from '../domain/meeting.ts';
import { planSubject, type Plan } from '../domain/plan.ts';
import { recommendationSubject, type Recommendation } from '../domain/recommendation.ts';
import { keptUntil, type Subject } from '../domain/subject.ts';
import { isErased, type Batch, type Stored, type StoredContribution, type StoredMeeting, type StoredPlan, type StoredRecommendation } from './followup.ts';

/** A key of a time, milliseconds since the epoch. */
export const timeKey = (time: number): string => Math.max(0, Math.min(time, 2 ** 47)).toString(16).padStart(12, '0');

/** Where the keys begin of the recommendations of a meeting that are addressed to an agency. */
export const addressedKey = (agency: AgencyId, meeting: string): string => `${agency}/${meeting}/`;

export const planKey = ({ agency, id }: Pick<Plan, 'agency' | 'id'>): string => `${agency}/${id}`;

/** Keys of what is there; what was erased has none. */
const keys =
  <S>(of: (state: S) => readonly string[]) =>
  (stored: Stored<S, unknown>): readonly string[] =>
    isErased(stored) ? [] : of(stored.state);
const untilKey = <S>(subjectOf: (state: S) => Subject) => keys((state: S) => [timeKey(keptUntil(subjectOf(state)))]);

export const MEETINGS: CollectionSpec<StoredMeeting> = {
  name: 'followup.meetings',
  ...storedJson<StoredMeeting>(),
  indexes: {
    all: keys<Meeting>(({ id }) => [id]),
    until: untilKey<Meeting>((meeting) => meetingSubject(meeting, [])),
  },
};

export const RECOMMENDATIONS: CollectionSpec<StoredRecommendation> = {
  name: 'followup.recommendations',
  ...storedJson<StoredRecommendation>(),
  indexes: {
    adopted: keys<Recommendation>(({ adoptedAt }) => [timeKey(adoptedAt)]),
    meeting: keys<Recommendation>(({ meeting, adoptedAt }) => [`${meeting}/${timeKey(adoptedAt)}`]),
    addressed: keys<Recommendation>(({ meeting, addressees }) => addressees.map(({ agency }) => addressedKey(agency, meeting))),
    until: untilKey(recommendationSubject),
  },
};

export const PLANS: CollectionSpec<StoredPlan> = {
  name: 'followup.plans',
  ...storedJson<StoredPlan>(),
  indexes: { all: keys<Plan>((plan) => [planKey(plan)]), until: untilKey(planSubject) },
};

export const CONTRIBUTIONS: CollectionSpec<StoredContribution> = {
  name: 'followup.contributions',
  ...storedJson<StoredContribution>(),
  indexes: { all: keys<Contribution>((flow) => [flowId(flow)]), until: untilKey(contributionSubject) },
};

export const BATCHES: CollectionSpec<Batch> = {
  name: 'followup.batches',
  ...storedJson<Batch>(),
  indexes: { unfinished: ({ id, done }) => (done ? [] : [id]) },
};
