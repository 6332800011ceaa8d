import { storedJson } from '@corridor/documents';
import { CorridorError, seriesId, uuidTime, type AgencyId } from '@corridor/kernel';
import type { DataKeyId, SealedSpec } from '@corridor/runtime';
import { CONTRIBUTION_SERIES, contributionSubject, flowId, type Contribution } from '../domain/contribution.ts';
import { meetingSubject, type Meeting } from '../domain/meeting.ts';
import { planSubject, type Plan } from '../domain/plan.ts';
import { recommendationSubject, type Recommendation } from '../domain/recommendation.ts';
import { dataKeyOf, keptUntil, type Subject } from '../domain/subject.ts';
import { isErased, type Batch, type Stored, type StoredBatch, type StoredContribution, type StoredMeeting, type StoredPlan, type StoredRecommendation } from './followup.ts';

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

/** What is sealed: everything an object says, under the data key of its owner, series and month of the end of retention. */
const sealed = <S, E>(subjectOf: (state: S) => Subject): Pick<SealedSpec<Stored<S, E>>, 'keyOf' | 'gone'> => ({
  keyOf: (stored) => (isErased(stored) ? undefined : dataKeyOf(subjectOf(stored.state))),
  gone: () => ({ erased: true }),
});

const meetingItself = (meeting: Meeting): Subject => meetingSubject(meeting, []);

export const MEETINGS: SealedSpec<StoredMeeting> = {
  name: 'followup.meetings',
  ...storedJson<StoredMeeting>(),
  ...sealed(meetingItself),
  indexes: {
    all: keys<Meeting>(({ id }) => [id]),
    until: untilKey(meetingItself),
  },
};

export const RECOMMENDATIONS: SealedSpec<StoredRecommendation> = {
  name: 'followup.recommendations',
  ...storedJson<StoredRecommendation>(),
  ...sealed(recommendationSubject),
  indexes: {
    adopted: keys<Recommendation>(({ adoptedAt }) => [timeKey(adoptedAt)]),
    meeting: keys<Recommendation>(({ meeting, adoptedAt }) => [`${meeting}/${timeKey(adoptedAt)}`]),
    addressed: keys<Recommendation>(({ meeting, addressees }) => addressees.map(({ agency }) => addressedKey(agency, meeting))),
    until: untilKey(recommendationSubject),
  },
};

export const PLANS: SealedSpec<StoredPlan> = {
  name: 'followup.plans',
  ...storedJson<StoredPlan>(),
  ...sealed(planSubject),
  indexes: { all: keys<Plan>((plan) => [planKey(plan)]), until: untilKey(planSubject) },
};

export const CONTRIBUTIONS: SealedSpec<StoredContribution> = {
  name: 'followup.contributions',
  ...storedJson<StoredContribution>(),
  ...sealed(contributionSubject),
  indexes: { all: keys<Contribution>((flow) => [flowId(flow)]), until: untilKey(contributionSubject) },
};

export const BATCHES: SealedSpec<StoredBatch> = {
  name: 'followup.batches',
  ...storedJson<StoredBatch>(),
  keyOf: (stored) => (isErased(stored) ? undefined : batchKey(stored)),
  gone: () => ({ erased: true }),
  indexes: { unfinished: (stored) => (isErased(stored) ? [] : [stored.id]) },
};

/** The data key of that of its items whose retention ends first: no copy of a batch outlives anything that it holds. */
function batchKey(batch: Batch): DataKeyId {
  const since = uuidTime(batch.id);
  const subjects: readonly Parameters<typeof dataKeyOf>[0][] =
    batch.kind === 'recommendations'
      ? batch.items.map(({ secretariat, meeting, handling }) => ({ owner: secretariat, series: seriesId(meeting), handling, since }))
      : batch.items.map(({ owner, handling }) => ({ owner, series: CONTRIBUTION_SERIES, handling, since }));
  const [first] = subjects.toSorted((a, b) => a.handling.retentionDays - b.handling.retentionDays);
  if (first === undefined) throw new CorridorError('INTERNAL', 'a batch holds something');
  return dataKeyOf(first);
}
