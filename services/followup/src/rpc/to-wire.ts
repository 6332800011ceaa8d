import type { FollowupEvent, GetStatusResponse, SumContributionsResponse } from '@corridor/contracts/followup/v1/followup';
import type {
  Addressee as AddresseeMessage,
  Contribution as ContributionMessage,
  Meeting as MeetingMessage,
  Obstacle as ObstacleMessage,
  Plan as PlanMessage,
  ProgressReport as ReportMessage,
  Recommendation as RecommendationMessage,
} from '@corridor/contracts/followup/v1/resources';
import type { ActorRef } from '@corridor/policy';
import { actorName, agencyName, groupName, handlingTo } from '@corridor/runtime';
import type { Happened } from '../application/followup.ts';
import { flowId, type Contribution } from '../domain/contribution.ts';
import type { Meeting } from '../domain/meeting.ts';
import { milestoneTimeliness, type Plan } from '../domain/plan.ts';
import { timelinessOf, type Addressee, type Obstacle, type ProgressReport, type Recommendation } from '../domain/recommendation.ts';
import type { StatusTally } from '../domain/status.ts';
import type { ContributionTally } from '../domain/sums.ts';
import { contributionName, meetingName, planName, recommendationName } from './names.ts';
import { words } from './words.ts';

/** What follow-up knows, as messages of the contract. Enum values that are not said are UNSPECIFIED. */

const optionalTime = (ms: number | undefined): Date | undefined => (ms === undefined ? undefined : new Date(ms));

export const meetingTo = (meeting: Meeting): MeetingMessage => ({
  name: meetingName(meeting.id),
  version: BigInt(meeting.version),
  title: meeting.title,
  meetingTime: new Date(meeting.metAt),
  secretariat: agencyName(meeting.secretariat),
  group: meeting.group === undefined ? '' : groupName(meeting.group),
  handling: handlingTo(meeting.handling),
});

/** @param moment at which timeliness is told, milliseconds since the epoch */
export const recommendationTo = (recommendation: Recommendation, moment: number): RecommendationMessage => ({
  name: recommendationName(recommendation.id),
  version: BigInt(recommendation.version),
  meeting: meetingName(recommendation.meeting),
  reference: recommendation.reference,
  text: recommendation.text,
  themes: words.theme.allTo(recommendation.themes),
  recommender: recommendation.recommender,
  area: recommendation.area,
  handling: handlingTo(recommendation.handling),
  dueTime: optionalTime(recommendation.dueAt),
  addressees: recommendation.addressees.map((addressee) => addresseeTo(addressee, recommendation.dueAt, moment)),
  duplicateOf: recommendation.duplicateOf === undefined ? '' : recommendationName(recommendation.duplicateOf),
  adoptTime: new Date(recommendation.adoptedAt),
  updateTime: new Date(recommendation.updatedAt),
});

function addresseeTo(addressee: Addressee, dueAt: number | undefined, moment: number): AddresseeMessage {
  const { agency, position, positionText, implementation, verification, reports, obstacles } = addressee;
  const timeliness = timelinessOf(dueAt, addressee, moment);
  return {
    agency: agencyName(agency),
    position: position === undefined ? 0 : words.position.to(position),
    positionText,
    implementation: words.implementation.to(implementation),
    verification: verification === undefined ? 0 : words.verification.to(verification),
    timeliness: timeliness === undefined ? 0 : words.timeliness.to(timeliness),
    reports: reports.map(reportTo),
    obstacles: obstacles.map(obstacleTo),
  };
}

const reportTo = (report: ProgressReport): ReportMessage => ({
  reportId: report.id,
  actor: actorName(report.by),
  time: new Date(report.at),
  implementation: words.implementation.to(report.implementation),
  text: report.text,
  evidence: report.evidence.map(({ uri, title }) => ({ uri, title })),
  verification: words.verification.to(report.verification),
  verifiedBy: report.verifiedBy === undefined ? '' : actorName(report.verifiedBy),
  verificationText: report.verificationText,
});

const obstacleTo = (obstacle: Obstacle): ObstacleMessage => ({
  obstacleId: obstacle.id,
  text: obstacle.text,
  owner: agencyName(obstacle.owner),
  remedy: obstacle.remedy,
  reportedBy: actorName(obstacle.reportedBy),
  openTime: new Date(obstacle.openedAt),
  resolveTime: optionalTime(obstacle.resolved?.at),
  resolution: obstacle.resolved?.how ?? '',
});

/** @param moment at which timeliness is told, milliseconds since the epoch */
export const planTo = (plan: Plan, moment: number): PlanMessage => ({
  name: planName(plan),
  version: BigInt(plan.version),
  title: plan.title,
  recommendations: plan.recommendations.map(recommendationName),
  milestones: plan.milestones.map((milestone) => ({
    milestoneId: milestone.id,
    text: milestone.text,
    dueTime: new Date(milestone.dueAt),
    reachTime: optionalTime(milestone.reachedAt),
    timeliness: words.timeliness.to(milestoneTimeliness(milestone, moment)),
  })),
  indicators: plan.indicators.map(({ id, text, unit, baseline, target, measured }) => ({
    indicatorId: id,
    text,
    unit,
    baseline: BigInt(baseline),
    target: BigInt(target),
    measureTime: optionalTime(measured?.at),
    actual: measured === undefined ? undefined : BigInt(measured.actual),
  })),
  handling: handlingTo(plan.handling),
  area: plan.area,
});

export const contributionTo = (contribution: Contribution): ContributionMessage => ({
  name: contributionName(flowId(contribution)),
  version: BigInt(contribution.version),
  source: contribution.source,
  flowId: contribution.flow,
  donor: contribution.donor,
  recipient: contribution.recipient,
  area: contribution.area,
  stage: words.stage.to(contribution.stage),
  unit: words.unit.to(contribution.unit),
  amount: BigInt(contribution.amount),
  originalMinorUnits: BigInt(contribution.original?.minorUnits ?? 0),
  originalCurrency: contribution.original?.currency ?? '',
  pooledFund: contribution.pooledFund,
  decisionTime: new Date(contribution.decidedAt),
  description: contribution.description,
  owner: agencyName(contribution.owner),
  handling: handlingTo(contribution.handling),
  reports: contribution.reports,
});

export const statusTo = (tally: StatusTally): GetStatusResponse => ({
  counts: tally.counts().map(({ position, implementation, verification, timeliness, count }) => ({
    position: position === undefined ? 0 : words.position.to(position),
    implementation: words.implementation.to(implementation),
    verification: verification === undefined ? 0 : words.verification.to(verification),
    timeliness: timeliness === undefined ? 0 : words.timeliness.to(timeliness),
    count,
  })),
  recommendations: tally.recommendations,
  blocked: tally.blocked,
});

export const sumsTo = (tally: ContributionTally): SumContributionsResponse => ({
  sums: tally.sums().map(({ area, stage, unit, amount, flows }) => ({ area, stage: words.stage.to(stage), unit: words.unit.to(unit), amount, flows })),
  pooled: tally.pooled,
});

/** What happened, as the log holds it. @param moment when, milliseconds since the epoch */
export const eventTo = (happened: Happened, by: ActorRef, moment: number): FollowupEvent => ({
  cause: causeOf(happened),
  actor: actorName(by),
  resource: resourceTo(happened, moment),
});

function resourceTo(happened: Happened, moment: number): NonNullable<FollowupEvent['resource']> {
  switch (happened.kind) {
    case 'meeting':
      return { $case: 'meeting', value: meetingTo(happened.state) };
    case 'recommendation':
      return { $case: 'recommendation', value: recommendationTo(happened.state, moment) };
    case 'plan':
      return { $case: 'plan', value: planTo(happened.state, moment) };
    case 'contribution':
      return { $case: 'contribution', value: contributionTo(happened.state) };
  }
}

/** Recorded, so a cause once used keeps its meaning. */
function causeOf(happened: Happened): string {
  switch (happened.kind) {
    case 'meeting':
      return 'meeting.created';
    case 'plan':
      return 'plan.put';
    case 'contribution':
      return happened.event.kind === 'recorded' ? 'contribution.recorded' : 'contribution.repeated';
    case 'recommendation':
      return causeOfRecommendation(happened.event);
  }
}

function causeOfRecommendation(event: Extract<Happened, { kind: 'recommendation' }>['event']): string {
  switch (event.kind) {
    case 'adopted':
      return 'recommendation.adopted';
    case 'position-set':
      return 'position.set';
    case 'progress-reported':
      return 'progress.reported';
    case 'progress-verified':
      return event.verification === 'disputed' ? 'progress.disputed' : 'progress.verified';
    case 'obstacle-opened':
      return 'obstacle.opened';
    case 'obstacle-resolved':
      return 'obstacle.resolved';
    case 'duplicate-marked':
      return event.of === undefined ? 'duplicate.unmarked' : 'duplicate.marked';
  }
}
