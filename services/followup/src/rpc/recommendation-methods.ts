import { uuid } from '@corridor/kernel';
import { allow, expectedVersionFrom, paged, parseAgencyName, type Caller } from '@corridor/runtime';
import { adoptRecommendations } from '../application/adopt-recommendations.ts';
import { createMeeting } from '../application/create-meeting.ts';
import { getRecommendation } from '../application/get-recommendation.ts';
import { getStatus } from '../application/get-status.ts';
import { listRecommendations } from '../application/list-recommendations.ts';
import { markDuplicate } from '../application/mark-duplicate.ts';
import { openObstacle } from '../application/open-obstacle.ts';
import { getMeeting, listMeetings } from '../application/read-meetings.ts';
import { reportProgress } from '../application/report-progress.ts';
import { resolveObstacle } from '../application/resolve-obstacle.ts';
import { setPosition } from '../application/set-position.ts';
import { verifyProgress } from '../application/verify-progress.ts';
import type { Recommendation } from '../domain/recommendation.ts';
import { filterFrom, meetingFrom, proposalFrom, reportFrom } from './from-wire.ts';
import { parseMeetingName, parseRecommendationName } from './names.ts';
import { boundTo, momentOf, type Served, type Some } from './served.ts';
import { meetingTo, recommendationTo, statusTo } from './to-wire.ts';
import { words } from './words.ts';

type RecommendationMethods = Some<
  | 'createMeeting'
  | 'getMeeting'
  | 'listMeetings'
  | 'adoptRecommendations'
  | 'setPosition'
  | 'reportProgress'
  | 'verifyProgress'
  | 'openObstacle'
  | 'resolveObstacle'
  | 'markDuplicate'
  | 'getRecommendation'
  | 'listRecommendations'
  | 'getStatus'
>;

const READERS = ['reader', 'publisher', 'approver', 'duty-officer'] as const;

/** Meetings, what they adopt, and what becomes of it. */
export function recommendationMethods(served: () => Served): RecommendationMethods {
  const told = (recommendation: Recommendation) => ({ recommendation: recommendationTo(recommendation, served().followup.clock.now()) });
  const acting = ({ agency, actor, roles }: Caller) => ({ agency, actor, roles });
  return {
    createMeeting: allow(['publisher'], async ({ meetingId, meeting }, { caller }) => ({
      meeting: meetingTo(await createMeeting(served().followup, caller, meetingFrom(meetingId, meeting, caller.agency))),
    })),
    getMeeting: allow(READERS, async ({ name }, { caller }) => ({
      meeting: meetingTo(await getMeeting(served().followup, caller, parseMeetingName(name, 'name'))),
    })),
    listMeetings: allow(READERS, async (request, { caller }) => {
      const { followup, pageTokens } = served();
      const list = { list: 'ListMeetings', caller: caller.name };
      const { items, nextPageToken } = await paged(pageTokens, list, request, (after, limit) => listMeetings(followup, caller, after, limit));
      return { meetings: items.map(meetingTo), nextPageToken };
    }),
    adoptRecommendations: allow(['publisher'], async ({ meeting, recommendations, validateOnly }, { caller }) => {
      const { followup } = served();
      const proposed = recommendations.map((one, i) => proposalFrom(one, `recommendations[${i}]`));
      const adopted = await adoptRecommendations({ by: caller, meeting: parseMeetingName(meeting, 'meeting'), proposed, validateOnly }, followup);
      return { recommendations: adopted.map((one) => recommendationTo(one, followup.clock.now())) };
    }),
    setPosition: allow(['publisher'], async ({ name, position, text, expectedVersion }, { caller }) => {
      const id = parseRecommendationName(name, 'name');
      const wanted = words.position.from(position, 'position');
      return told(await setPosition(served().followup, acting(caller), id, wanted, text, expectedVersionFrom(expectedVersion)));
    }),
    reportProgress: allow('every actor', async (request, { caller }) => {
      const id = parseRecommendationName(request.name, 'name');
      return told(await reportProgress(served().followup, acting(caller), id, reportFrom(request), expectedVersionFrom(request.expectedVersion)));
    }),
    verifyProgress: allow(['approver'], async ({ name, reportId, verification, text, expectedVersion }, { caller }) =>
      told(
        await verifyProgress(served().followup, acting(caller), {
          id: parseRecommendationName(name, 'name'),
          report: uuid(reportId, 'report_id'),
          verification: words.verification.from(verification, 'verification'),
          text,
          expectedVersion: expectedVersionFrom(expectedVersion),
        }),
      ),
    ),
    openObstacle: allow('every actor', async ({ name, obstacleId, text, owner, remedy, expectedVersion }, { caller }) => {
      const obstacle = { id: uuid(obstacleId, 'obstacle_id'), text, owner: parseAgencyName(owner, 'owner'), remedy };
      return told(await openObstacle(served().followup, acting(caller), parseRecommendationName(name, 'name'), obstacle, expectedVersionFrom(expectedVersion)));
    }),
    resolveObstacle: allow(['publisher'], async ({ name, obstacleId, resolution, expectedVersion }, { caller }) => {
      const id = parseRecommendationName(name, 'name');
      return told(await resolveObstacle(served().followup, acting(caller), id, uuid(obstacleId, 'obstacle_id'), resolution, expectedVersionFrom(expectedVersion)));
    }),
    markDuplicate: allow(['publisher'], async ({ name, duplicateOf, expectedVersion }, { caller }) =>
      told(
        await markDuplicate(served().followup, caller, {
          id: parseRecommendationName(name, 'name'),
          duplicateOf: duplicateOf === '' ? undefined : parseRecommendationName(duplicateOf, 'duplicate_of'),
          expectedVersion: expectedVersionFrom(expectedVersion),
        }),
      ),
    ),
    getRecommendation: allow(READERS, async ({ name, asOf }, { caller }) => {
      const { followup } = served();
      const moment = momentOf(followup, asOf);
      return { recommendation: recommendationTo(await getRecommendation(followup, caller, parseRecommendationName(name, 'name'), moment), moment) };
    }),
    listRecommendations: allow(READERS, async (request, { caller }) => {
      const { followup, pageTokens } = served();
      const filter = filterFrom(request.filter);
      const moment = momentOf(followup, request.asOf);
      const list = { list: 'ListRecommendations', caller: caller.name, parent: boundTo(filter, request.asOf) };
      const { items, nextPageToken } = await paged(pageTokens, list, request, (after, limit) => listRecommendations(followup, caller, filter, moment, after, limit));
      return { recommendations: items.map((one) => recommendationTo(one, moment)), nextPageToken };
    }),
    getStatus: allow(READERS, async ({ filter, asOf }, { caller }) => {
      const { followup } = served();
      return statusTo(await getStatus(followup, caller, filterFrom(filter), momentOf(followup, asOf)));
    }),
  };
}
