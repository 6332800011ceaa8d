import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { AdoptRecommendationsResponse, GetStatusResponse, ListMeetingsResponse, ListPlansResponse, ListRecommendationsResponse } from '@corridor/contracts/followup/v1/followup';
import { Implementation, Meeting, Plan, Position, Recommendation, Timeliness, Verification } from '@corridor/contracts/followup/v1/resources';
import { newUuid } from '@corridor/kernel';
import type { Story } from './story.ts';

/** How texts are handled in which nothing derives from persons' cases. */
export const TEXTS = ['--tlp', 'amber', '--use', 'planning', '--legal-basis', 'not-personal', '--level', 'none', '--retention-days', '3000', '--onward-sharing', 'allowed', '--precision', 'country'];
const REVIEW = [
  'To,Text,From,Response,Action,Issue,Session',
  'Italy,Keep a register of landing places,France,Accepted,4,Migrants,9',
  'Italy,Train those who receive,Spain,Noted,4,Technical assistance and cooperation,9',
  '',
].join('\n');

/** A meeting, what it recommends, and what the one addressed does until it is done. */
export async function followUp(story: Story): Promise<void> {
  const name = await adopt(story);
  await carryOut(story, name);
  await enterFiles(story);
  await repeat(story, name);
  await plan(story, name);
}

async function adopt(story: Story): Promise<string> {
  const [harbour, relief] = [story.as('harbour/desk'), story.as('relief/desk')];
  await harbour.run('recommendations', 'meeting', 'create', 'forum', '--title', 'Forum of the shore', '--time', '2025-05-01', '--group', 'shore', ...TEXTS);
  expect(await relief.read(Meeting, 'recommendations', 'meeting', 'get', 'forum')).toMatchObject({ title: 'Forum of the shore', secretariat: 'agencies/harbour', group: 'groups/shore' });
  expect((await harbour.read(ListMeetingsResponse, 'recommendations', 'meeting', 'list')).meetings.map((one) => one.name)).toEqual(['meetings/forum']);

  const flags = ['--text', 'Give shelter to all who land', '--theme', 'reception', '--addressee', 'relief', '--area', 'ITA', '--due', '2025-06-30'];
  await harbour.run('recommendations', 'adopt', 'forum', ...flags, '--dry-run');
  expect((await harbour.read(ListRecommendationsResponse, 'recommendations', 'list')).recommendations).toEqual([]);
  const { recommendations } = await harbour.read(AdoptRecommendationsResponse, 'recommendations', 'adopt', 'forum', ...flags);
  const [adopted] = recommendations;
  expect((await relief.read(ListRecommendationsResponse, 'recommendations', 'list', '--overdue')).recommendations.map((one) => one.name)).toEqual([adopted?.name]);
  return adopted?.name ?? '';
}

async function carryOut(story: Story, name: string): Promise<void> {
  const [harbour, approver, relief] = [story.as('harbour/desk'), story.as('harbour/approver'), story.as('relief/desk')];
  const [obstacleId, reportId] = [newUuid(), newUuid()];
  await relief.run('recommendations', 'position', name, 'accepted', '--text', 'We will');
  await relief.run('recommendations', 'report', name, 'in-progress', '--text', 'Half of it is built');
  await relief.run('recommendations', 'obstacle', 'open', name, '--obstacle-id', obstacleId, '--text', 'No land', '--owner', 'harbour', '--remedy', 'Give some');
  await relief.fails('refused', 'recommendations', 'report', name, 'implemented', '--text', 'All of it is built');
  expect((await harbour.read(ListRecommendationsResponse, 'recommendations', 'list', '--blocked')).recommendations).toHaveLength(1);
  await harbour.run('recommendations', 'obstacle', 'resolve', name, obstacleId, '--resolution', 'Land is given');
  expect((await harbour.read(ListRecommendationsResponse, 'recommendations', 'list', '--blocked')).recommendations).toEqual([]);
  await relief.run('recommendations', 'report', name, 'implemented', '--report-id', reportId, '--text', 'All of it is built', '--evidence', 'Plan=https://example.org/plan');
  await approver.run('recommendations', 'verify', name, reportId, 'peer-verified', '--text', 'Seen');
  const { addressees } = await harbour.read(Recommendation, 'recommendations', 'get', name);
  expect(addressees).toMatchObject([
    {
      agency: 'agencies/relief',
      position: Position.POSITION_ACCEPTED,
      implementation: Implementation.IMPLEMENTATION_IMPLEMENTED,
      verification: Verification.VERIFICATION_PEER_VERIFIED,
      reports: [{ text: 'Half of it is built' }, { reportId, verifiedBy: 'agencies/harbour/actors/approver', evidence: [{ title: 'Plan' }] }],
      obstacles: [{ obstacleId, resolution: 'Land is given' }],
    },
  ]);
}

/** Two recommendations of a review, and all there are out of a file and back. */
async function enterFiles(story: Story): Promise<void> {
  const harbour = story.as('harbour/desk');
  const review = ['recommendations', 'import', story.file('review.csv', REVIEW), '--layout', 'upr', '--meeting', 'forum', '--addressee', 'relief'];
  expect(JSON.parse(await harbour.run(...review, '--json'))).toEqual({ rows: 2, meetings: 1, repeats: 0, known: 0, adopted: 2 });
  const exported = story.path('recommendations.csv');
  await harbour.run('recommendations', 'export', '--out', exported);
  expect(readFileSync(exported, 'utf8')).toContain('Keep a register of landing places');
  expect(JSON.parse(await harbour.run('recommendations', 'import', exported, '--json'))).toEqual({ rows: 3, meetings: 1, repeats: 0, known: 3, adopted: 0 });
}

async function repeat(story: Story, name: string): Promise<void> {
  const harbour = story.as('harbour/desk');
  const status = (): Promise<GetStatusResponse> => harbour.read(GetStatusResponse, 'recommendations', 'status', '--meeting', 'forum');
  const { counts, ...all } = await status();
  expect(all).toEqual({ recommendations: 3, blocked: 0 });
  expect(counts.map(({ position, implementation, count }) => [position, implementation, count])).toEqual([
    [Position.POSITION_ACCEPTED, Implementation.IMPLEMENTATION_NOT_STARTED, 1],
    [Position.POSITION_ACCEPTED, Implementation.IMPLEMENTATION_IMPLEMENTED, 1],
    [Position.POSITION_NOTED, Implementation.IMPLEMENTATION_NOT_STARTED, 1],
  ]);
  const { recommendations } = await harbour.read(ListRecommendationsResponse, 'recommendations', 'list', '--theme', 'capacity-building');
  const [noted] = recommendations.map((one) => one.name);
  await harbour.run('recommendations', 'duplicate', noted ?? '', '--of', name);
  expect(await status()).toMatchObject({ recommendations: 2 });
  await harbour.run('recommendations', 'duplicate', noted ?? '', '--none');
  expect(await status()).toMatchObject({ recommendations: 3 });
}

async function plan(story: Story, name: string): Promise<void> {
  const [harbour, relief] = [story.as('harbour/desk'), story.as('relief/desk')];
  const handling = { tlp: 'TLP_AMBER', purposes: ['PURPOSE_PLANNING'], legalBasis: 'LEGAL_BASIS_NOT_PERSONAL', personalDataLevel: 'PERSONAL_DATA_LEVEL_NONE', retentionDays: 3000, onwardSharing: 'ONWARD_SHARING_ALLOWED', precisionLimit: 'PLACE_PRECISION_COUNTRY' };
  const milestones = [{ milestoneId: 'ground', text: 'Ground is broken', dueTime: '2025-03-01T00:00:00Z' }];
  await relief.feed({ name: 'shelter', title: 'Shelter for all', area: 'ITA', recommendations: [name], milestones, handling }, 'plans', 'put', '-');
  expect(await relief.read(Plan, 'plans', 'get', 'shelter')).toMatchObject({
    name: 'agencies/relief/plans/shelter',
    recommendations: [name],
    milestones: [{ milestoneId: 'ground', timeliness: Timeliness.TIMELINESS_OVERDUE }],
  });
  expect(await relief.run('plans', 'list')).toMatch(/^agencies\/relief\/plans\/shelter +ITA +0 of 1 reached +1 +Shelter for all$/m);
  // Relief lets nobody have it.
  expect((await harbour.read(ListPlansResponse, 'plans', 'list', 'relief')).plans).toEqual([]);
}
