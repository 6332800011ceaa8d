import type { Documents, PendingEvent } from '@corridor/documents';
import type { Clock, Uuid } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import type { PolicyView } from '@corridor/runtime';
import type { Contribution, ContributionEvent, ReportedFlow } from '../domain/contribution.ts';
import type { Kept } from '../domain/history.ts';
import type { Meeting, MeetingEvent } from '../domain/meeting.ts';
import type { Places } from '../domain/places.ts';
import type { Plan, PlanEvent } from '../domain/plan.ts';
import type { Adopted, Recommendation, RecommendationEvent } from '../domain/recommendation.ts';
import type { Visibility } from './visibility.ts';

/** What is left of an object at the end of its retention: that its id is taken. */
export interface Erased {
  readonly erased: true;
}
export type Stored<S, E> = Kept<S, E> | Erased;
export const isErased = (stored: Stored<unknown, unknown> | StoredBatch): stored is Erased => 'erased' in stored;

export type StoredMeeting = Stored<Meeting, MeetingEvent>;
export type StoredRecommendation = Stored<Recommendation, RecommendationEvent>;
export type StoredPlan = Stored<Plan, PlanEvent>;
export type StoredContribution = Stored<Contribution, ContributionEvent>;

/** What is entered all or none: written at once, before the objects it holds, and deleted when all of them are there. */
export type Batch = { readonly id: Uuid; readonly by: ActorRef } & (
  | { readonly kind: 'recommendations'; readonly items: readonly Adopted[] }
  | { readonly kind: 'contributions'; readonly items: readonly ReportedFlow[] }
);

export type StoredBatch = Batch | Erased;

/** An object as it stands after something that happened to it. */
export type Happened =
  | { readonly kind: 'meeting'; readonly state: Meeting; readonly event: MeetingEvent }
  | { readonly kind: 'recommendation'; readonly state: Recommendation; readonly event: RecommendationEvent }
  | { readonly kind: 'plan'; readonly state: Plan; readonly event: PlanEvent }
  | { readonly kind: 'contribution'; readonly state: Contribution; readonly event: ContributionEvent };

/** What the use cases work on. */
export interface Followup {
  readonly meetings: Documents<StoredMeeting>;
  readonly recommendations: Documents<StoredRecommendation>;
  readonly plans: Documents<StoredPlan>;
  readonly contributions: Documents<StoredContribution>;
  readonly batches: Documents<StoredBatch>;
  readonly visibility: Visibility;
  readonly policy: PolicyView;
  readonly places: Places;
  readonly clock: Clock;
  /** What happened as it is stored and published, sealed. */
  eventOf(happened: Happened, by: ActorRef): Promise<PendingEvent>;
}
