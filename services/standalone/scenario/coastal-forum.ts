import { ContributionStage, ContributionUnit, Implementation, Position, Theme, Verification, type Contribution, type Plan, type Recommendation } from '@corridor/contracts/followup/v1/resources';
import type { GetStatusResponse, NewRecommendation } from '@corridor/contracts/followup/v1/followup';
import { Purpose, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import { CorridorError } from '@corridor/kernel';
import { actorName } from './cast.ts';
import type { Company } from './company.ts';
import { FROM, UNTIL } from './enter.ts';
import { textsHandling } from './handling.ts';
import { reportId } from './report-id.ts';
import { unlessThere } from './steps.ts';

/** The meeting of the play, its secretariat, and what it adopts. */
const MEETING = 'coastal-forum-2025';
const SECRETARIAT = 'migration-agency';
const HELD = Date.UTC(2025, 9, 14);
const desk = (agency: string): string => actorName(agency, 'desk-1');

/** Due before the play was written, so that it is overdue whenever it is played. */
const LONG_DUE = new Date('2025-12-31T00:00:00Z');

const recommendationId = (reference: string): string => reportId(HELD, `${MEETING} ${reference}`);
const nameOf = (reference: string): string => `recommendations/${recommendationId(reference)}`;

const adopted = (reference: string, text: string, theme: Theme, area: string, addressee: string, dueTime: Date): NewRecommendation => ({
  recommendationId: recommendationId(reference),
  reference,
  text,
  themes: [theme],
  recommender: '',
  area,
  handling: undefined,
  dueTime,
  addressees: [`agencies/${addressee}`],
  position: Position.POSITION_ACCEPTED,
  duplicateOf: '',
});
const RECOMMENDATIONS: readonly NewRecommendation[] = [
  adopted('R1', 'Open a desk for the identification of persons with specific needs at every landing place.', Theme.THEME_IDENTIFICATION, 'ITA', 'coastal-authority', UNTIL),
  adopted('R2', 'Publish figures on places of reception every month.', Theme.THEME_RECEPTION, 'ITA', 'harbour-relief', UNTIL),
  adopted('R3', 'Agree on one form for referrals between agencies.', Theme.THEME_REFERRAL, 'ITA', 'refugee-agency', LONG_DUE),
];

/** Who reports on what: a focal point of each addressed agency, named as the theme. */
const REPORTING = [
  { agency: 'coastal-authority', theme: 'identification' },
  { agency: 'harbour-relief', theme: 'reception' },
  { agency: 'refugee-agency', theme: 'referral' },
] as const;

/** What came of the meeting. */
export interface FollowedUp {
  readonly recommendations: readonly Recommendation[];
  readonly status: GetStatusResponse;
  /** Why the blocked recommendation could not be reported as implemented. */
  readonly refusal: string;
  /** Flows of contributions, and in how many reports they came. */
  readonly flows: number;
  readonly reports: number;
  readonly deliveredUsd: bigint;
}

/** A meeting adopts three recommendations: one is blocked by an obstacle, one is done and verified, one is overdue. */
export async function followUp(company: Company): Promise<FollowedUp> {
  for (const { agency, theme } of REPORTING) await nameFocalPoint(company, agency, theme);
  const secretariat = company.as(desk(SECRETARIAT)).followup;
  await unlessThere(() => secretariat.createMeeting({ meetingId: MEETING, meeting: MEETING_RESOURCE }), 'ALREADY_EXISTS');
  await secretariat.adoptRecommendations({ meeting: `meetings/${MEETING}`, recommendations: RECOMMENDATIONS, validateOnly: false });
  const refusal = await block(company);
  await fulfil(company);
  await company.as(desk('coastal-authority')).followup.putPlan({ plan: PLAN, expectedVersion: 0n });
  const { flows, reports, deliveredUsd } = await contribute(company);
  const filter = { meeting: `meetings/${MEETING}`, addressees: [], themes: [], implementations: [], overdue: false, blocked: false };
  const { recommendations } = await secretariat.listRecommendations({ filter, asOf: undefined, pageSize: 0, pageToken: '' });
  const status = await secretariat.getStatus({ filter, asOf: undefined });
  return { recommendations, status, refusal, flows, reports, deliveredUsd };
}

async function nameFocalPoint(company: Company, agency: string, theme: string): Promise<void> {
  const { registry } = company.as(actorName(agency, 'admin-1'));
  const name = `agencies/${agency}/focalPoints/${theme}`;
  const { focalPoints } = await registry.listFocalPoints({ agency: `agencies/${agency}`, pageSize: 0, pageToken: '' });
  if (focalPoints.some((point) => point.name === name)) return;
  const focalPoint = { name, version: 0n, theme, area: 'ITA', holder: desk(agency), deputies: [], validFrom: FROM, validUntil: UNTIL, absentUntil: undefined };
  await registry.setFocalPoint({ focalPoint });
}

/** The first recommendation is under way until an obstacle stands in its way; then nobody may call it done. */
async function block(company: Company): Promise<string> {
  const { followup } = company.as(desk('coastal-authority'));
  const report = { name: nameOf('R1'), evidence: [], expectedVersion: 0n };
  await followup.reportProgress({
    ...report,
    reportId: reportId(HELD + 1, 'R1 in progress'),
    implementation: Implementation.IMPLEMENTATION_IN_PROGRESS,
    text: 'Two of five landing places have a desk.',
  });
  await followup.openObstacle({
    name: nameOf('R1'),
    obstacleId: reportId(HELD + 2, 'R1 interpreters'),
    text: 'No interpreters for three of the languages spoken.',
    owner: `agencies/${SECRETARIAT}`,
    remedy: 'Interpreters by telephone.',
    expectedVersion: 0n,
  });
  try {
    await followup.reportProgress({
      ...report,
      reportId: reportId(HELD + 3, 'R1 implemented'),
      implementation: Implementation.IMPLEMENTATION_IMPLEMENTED,
      text: 'All landing places have a desk.',
    });
  } catch (error) {
    const { reason } = CorridorError.from(error);
    if (reason === 'STATE_FORBIDS') return reason;
    throw error;
  }
  throw new CorridorError('STATE_FORBIDS', 'an open obstacle did not stand in the way');
}

/** The second is reported as done, with evidence, and another agency has seen it. */
async function fulfil(company: Company): Promise<void> {
  const report = reportId(HELD + 4, 'R2 implemented');
  await company.as(desk('harbour-relief')).followup.reportProgress({
    name: nameOf('R2'),
    reportId: report,
    implementation: Implementation.IMPLEMENTATION_IMPLEMENTED,
    text: 'The figures are published on the fifth of every month.',
    evidence: [{ uri: 'https://example.org/reception/monthly', title: 'Monthly figures' }],
    expectedVersion: 0n,
  });
  await company.as(actorName(SECRETARIAT, 'approver-1')).followup.verifyProgress({
    name: nameOf('R2'),
    reportId: report,
    verification: Verification.VERIFICATION_PEER_VERIFIED,
    text: 'Seen for three months.',
    expectedVersion: 0n,
  });
}

/** Two flows, one of them reported at each of its stages. */
async function contribute(company: Company): Promise<Pick<FollowedUp, 'flows' | 'reports' | 'deliveredUsd'>> {
  const { followup } = company.as(desk(SECRETARIAT));
  const { CONTRIBUTION_STAGE_PLEDGE: pledge, CONTRIBUTION_STAGE_COMMITMENT: commitment, CONTRIBUTION_STAGE_DELIVERED: delivered } = ContributionStage;
  const { CONTRIBUTION_UNIT_USD: usd, CONTRIBUTION_UNIT_TRAINING_DAYS: days } = ContributionUnit;
  for (const contributions of [
    [flow('f-1', pledge, usd, 250_000n), flow('f-2', pledge, days, 12n)],
    [flow('f-1', commitment, usd, 250_000n)],
    [flow('f-1', delivered, usd, 240_000n)],
  ]) {
    await followup.recordContributions({ contributions, validateOnly: false });
  }
  const filter = { areas: [], donor: '', stages: [] };
  const listed = await followup.listContributions({ filter, asOf: undefined, pageSize: 0, pageToken: '' });
  const { sums } = await followup.sumContributions({ filter, asOf: undefined });
  return {
    flows: listed.contributions.length,
    reports: listed.contributions.reduce((sum, { reports }) => sum + reports, 0),
    deliveredUsd: sums.filter(({ stage, unit }) => stage === delivered && unit === usd).reduce((sum, { amount }) => sum + amount, 0n),
  };
}

const flow = (flowId: string, stage: ContributionStage, unit: ContributionUnit, amount: bigint): Contribution => ({
  name: '',
  version: 0n,
  source: 'coastal-forum',
  flowId,
  donor: 'Coastal Authority',
  recipient: 'Harbour Relief',
  area: 'ITA',
  stage,
  unit,
  amount,
  originalMinorUnits: 0n,
  originalCurrency: '',
  pooledFund: '',
  decisionTime: new Date(HELD),
  description: 'Reception at the landing places',
  owner: '',
  handling: TEXTS,
  reports: 0,
});

const TEXTS = textsHandling(Tlp.TLP_AMBER_STRICT, [Purpose.PURPOSE_PLANNING]);

const MEETING_RESOURCE = {
  name: '',
  version: 0n,
  title: 'Coastal Forum 2025',
  meetingTime: new Date(HELD),
  secretariat: '',
  group: 'groups/coastal-task-force',
  handling: TEXTS,
};

const PLAN: Plan = {
  name: 'agencies/coastal-authority/plans/landing-places',
  version: 0n,
  title: 'Identification at the landing places',
  recommendations: [nameOf('R1')],
  milestones: [
    { milestoneId: 'first-desks', text: 'Two landing places', dueTime: new Date('2025-11-30T00:00:00Z'), reachTime: new Date('2025-11-20T00:00:00Z'), timeliness: 0 },
    { milestoneId: 'all-desks', text: 'All five landing places', dueTime: UNTIL, reachTime: undefined, timeliness: 0 },
  ],
  indicators: [{ indicatorId: 'desks', text: 'Landing places with a desk', unit: 'desks', baseline: 0n, target: 5n, actual: 2n, measureTime: new Date('2025-12-01T00:00:00Z') }],
  handling: TEXTS,
  area: 'ITA',
};
