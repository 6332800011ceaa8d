import { FollowupServiceService as rpc } from '@corridor/contracts/followup/v1/followup';
import type { Calls } from '../transport/calls.ts';
import { unaryOf } from './unary.ts';

/** Recommendations of joint meetings, plans and contributions. */
export type Followup = ReturnType<typeof followupOf>;

/** The RPCs of corridor.followup.v1.FollowupService over one connection. */
export function followupOf(calls: Calls) {
  const unary = unaryOf(calls);
  return {
    /** Enters a meeting. Publishers of its secretariat. */
    createMeeting: unary(rpc.createMeeting),
    /** One meeting, as the caller may see it. Readers and publishers. */
    getMeeting: unary(rpc.getMeeting),
    /** The meetings that the caller may see. Readers and publishers. */
    listMeetings: unary(rpc.listMeetings),
    /** Enters recommendations that a meeting adopted: all or none. Publishers of its secretariat. */
    adoptRecommendations: unary(rpc.adoptRecommendations),
    /** States the position of the caller's agency. Publishers of an addressed agency. */
    setPosition: unary(rpc.setPosition),
    /**
     * Reports progress of the caller's agency. The focal points of an addressed agency for one of the themes, holder and
     * deputies; where it has none, its publishers.
     */
    reportProgress: unary(rpc.reportProgress),
    /** Verifies or disputes a report. Approvers of another agency that may see the recommendation (FOUR_EYES). */
    verifyProgress: unary(rpc.verifyProgress),
    /** Reports an obstacle of the caller's agency. As reportProgress. */
    openObstacle: unary(rpc.openObstacle),
    /** Resolves an obstacle. Publishers of the agency that has to remove it, and of the one that reported it. */
    resolveObstacle: unary(rpc.resolveObstacle),
    /** Marks a recommendation as a repeat of another, or takes that back. Publishers of the secretariat. */
    markDuplicate: unary(rpc.markDuplicate),
    /** One recommendation, as the caller may see it, now or at a past moment. Readers and publishers. */
    getRecommendation: unary(rpc.getRecommendation),
    /** The recommendations that the caller may see, now or at a past moment. Readers and publishers. */
    listRecommendations: unary(rpc.listRecommendations),
    /** How many of the recommendations that the caller may see stand where. Readers and publishers. */
    getStatus: unary(rpc.getStatus),
    /** Creates or replaces a plan of the caller's agency. Publishers. */
    putPlan: unary(rpc.putPlan),
    /** One plan, as the caller may see it, now or at a past moment. Readers and publishers. */
    getPlan: unary(rpc.getPlan),
    /** The plans that the caller may see, now or at a past moment. Readers and publishers. */
    listPlans: unary(rpc.listPlans),
    /** Records flows: all or none; a flow that is known is the same flow. Publishers, for their own agency. */
    recordContributions: unary(rpc.recordContributions),
    /** The flows that the caller may see, now or at a past moment. Readers and publishers. */
    listContributions: unary(rpc.listContributions),
    /** The sums of the flows that the caller may see, by area, stage and unit. Readers and publishers. */
    sumContributions: unary(rpc.sumContributions),
  } as const;
}
