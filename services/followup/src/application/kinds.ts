import { evolveContribution, type Contribution, type ContributionEvent } from '../domain/contribution.ts';
import { evolveMeeting, type Meeting, type MeetingEvent } from '../domain/meeting.ts';
import { evolvePlan, type Plan, type PlanEvent } from '../domain/plan.ts';
import { evolveRecommendation, type Recommendation, type RecommendationEvent } from '../domain/recommendation.ts';
import type { Kind } from './change.ts';
import type { Followup } from './followup.ts';

/** The kinds of objects, each with where it lies and how it changes. */

export const meetingsOf = ({ meetings }: Followup): Kind<Meeting, MeetingEvent> => ({
  documents: meetings,
  evolve: evolveMeeting,
  happened: (state, event) => ({ kind: 'meeting', state, event }),
});

export const recommendationsOf = ({ recommendations }: Followup): Kind<Recommendation, RecommendationEvent> => ({
  documents: recommendations,
  evolve: evolveRecommendation,
  happened: (state, event) => ({ kind: 'recommendation', state, event }),
});

export const plansOf = ({ plans }: Followup): Kind<Plan, PlanEvent> => ({
  documents: plans,
  evolve: evolvePlan,
  happened: (state, event) => ({ kind: 'plan', state, event }),
});

export const contributionsOf = ({ contributions }: Followup): Kind<Contribution, ContributionEvent> => ({
  documents: contributions,
  evolve: evolveContribution,
  happened: (state, event) => ({ kind: 'contribution', state, event }),
});
