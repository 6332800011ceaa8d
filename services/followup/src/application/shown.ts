import { prefix } from '@corridor/documents';
import { membersOf } from '@corridor/policy';
import { contributionSubject, type Contribution, type ContributionEvent } from '../domain/contribution.ts';
import { meetingSubject, type Meeting, type MeetingEvent } from '../domain/meeting.ts';
import { planSubject, planWithoutTexts, type Plan, type PlanEvent } from '../domain/plan.ts';
import { recommendationSubject, withoutTexts, type Recommendation, type RecommendationEvent } from '../domain/recommendation.ts';
import type { Followup } from './followup.ts';
import { contributionsOf, meetingsOf, plansOf, recommendationsOf } from './kinds.ts';
import type { Shown } from './read.ts';
import { addressedKey } from './stored.ts';

/** How each kind of object is shown. */

export const shownRecommendations = (followup: Followup): Shown<Recommendation, RecommendationEvent> => ({
  ...recommendationsOf(followup),
  what: 'recommendation',
  subjectOf: recommendationSubject,
  withoutTexts,
});

export const shownPlans = (followup: Followup): Shown<Plan, PlanEvent> => ({
  ...plansOf(followup),
  what: 'plan',
  subjectOf: planSubject,
  withoutTexts: planWithoutTexts,
});

export const shownContributions = (followup: Followup): Shown<Contribution, ContributionEvent> => ({
  ...contributionsOf(followup),
  what: 'contribution',
  subjectOf: contributionSubject,
  withoutTexts: (contribution) => ({ ...contribution, description: '' }),
});

/**
 * Meetings, as one agency asks about them: a meeting concerns the members of its group, and whoever one of its
 * recommendations is addressed to.
 */
export const shownMeetings = (followup: Followup, reader: Recommendation['secretariat']): Shown<Meeting, MeetingEvent> => ({
  ...meetingsOf(followup),
  what: 'meeting',
  subjectOf: async (meeting) => {
    const members = meeting.group === undefined ? [] : membersOf(followup.policy.state, meeting.group);
    const addressed = await followup.recommendations.page('addressed', prefix(addressedKey(reader, meeting.id)), undefined, 1);
    return meetingSubject(meeting, addressed.items.length > 0 ? [...members, reader] : members);
  },
  withoutTexts: (meeting) => meeting,
});
