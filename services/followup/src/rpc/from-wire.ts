import type { ContributionFilter as ContributionFilterMessage, NewRecommendation, RecommendationFilter as FilterMessage } from '@corridor/contracts/followup/v1/followup';
import type {
  Contribution as ContributionMessage,
  Evidence,
  Indicator as IndicatorMessage,
  Meeting as MeetingMessage,
  Milestone as MilestoneMessage,
  Plan as PlanMessage,
} from '@corridor/contracts/followup/v1/resources';
import { refuse, uuid, type AgencyId } from '@corridor/kernel';
import { handlingFrom, integerFrom, parseAgencyName, parseGroupName, parseSlug, required, timestampFrom } from '@corridor/runtime';
import type { Proposed } from '../domain/adopt.ts';
import type { ContributionFilter, ReportedFlow } from '../domain/contribution.ts';
import type { RecommendationFilter } from '../domain/filter.ts';
import type { NewMeeting } from '../domain/meeting.ts';
import type { Indicator, Milestone, NewPlan } from '../domain/plan.ts';
import type { NewReport } from '../domain/progress.ts';
import { parseMeetingName, parsePlanName, parseRecommendationName } from './names.ts';
import { words } from './words.ts';

/** Parts of requests as the domain knows them. Each throws CorridorError naming the field. */

export const meetingFrom = (id: string, message: MeetingMessage | undefined, secretariat: AgencyId): NewMeeting => {
  const meeting = required(message, 'meeting');
  return {
    id: parseSlug(id, 'meeting_id'),
    title: meeting.title,
    metAt: timestampFrom(meeting.meetingTime, 'meeting.meeting_time'),
    secretariat,
    ...(meeting.group === '' ? {} : { group: parseGroupName(meeting.group, 'meeting.group') }),
    handling: handlingFrom(meeting.handling, 'meeting.handling'),
  };
};

export const proposalFrom = (message: NewRecommendation, field: string): Proposed => ({
  id: uuid(message.recommendationId, `${field}.recommendation_id`),
  reference: message.reference,
  text: message.text,
  themes: words.theme.allFrom(message.themes, `${field}.themes`),
  recommender: message.recommender,
  area: message.area,
  ...(message.handling === undefined ? {} : { handling: handlingFrom(message.handling, `${field}.handling`) }),
  ...(message.dueTime === undefined ? {} : { dueAt: timestampFrom(message.dueTime, `${field}.due_time`) }),
  addressees: message.addressees.map((agency, i) => parseAgencyName(agency, `${field}.addressees[${i}]`)),
  ...(message.position === 0 ? {} : { position: words.position.from(message.position, `${field}.position`) }),
  ...(message.duplicateOf === '' ? {} : { duplicateOf: parseRecommendationName(message.duplicateOf, `${field}.duplicate_of`) }),
});

export const reportFrom = (message: { readonly reportId: string; readonly implementation: number; readonly text: string; readonly evidence: readonly Evidence[] }): NewReport => ({
  id: uuid(message.reportId, 'report_id'),
  implementation: words.implementation.from(message.implementation, 'implementation'),
  text: message.text,
  evidence: message.evidence.map(({ uri, title }) => ({ uri, title })),
});

export function planFrom(message: PlanMessage | undefined): NewPlan {
  const plan = required(message, 'plan');
  return {
    ...parsePlanName(plan.name, 'plan.name'),
    title: plan.title,
    recommendations: plan.recommendations.map((name, i) => parseRecommendationName(name, `plan.recommendations[${i}]`)),
    milestones: plan.milestones.map((milestone, i) => milestoneFrom(milestone, `plan.milestones[${i}]`)),
    indicators: plan.indicators.map((indicator, i) => indicatorFrom(indicator, `plan.indicators[${i}]`)),
    handling: handlingFrom(plan.handling, 'plan.handling'),
    area: plan.area,
  };
}

const milestoneFrom = (message: MilestoneMessage, field: string): Milestone => ({
  id: parseSlug(message.milestoneId, `${field}.milestone_id`),
  text: message.text,
  dueAt: timestampFrom(message.dueTime, `${field}.due_time`),
  ...(message.reachTime === undefined ? {} : { reachedAt: timestampFrom(message.reachTime, `${field}.reach_time`) }),
});

const indicatorFrom = (message: IndicatorMessage, field: string): Indicator => ({
  id: parseSlug(message.indicatorId, `${field}.indicator_id`),
  text: message.text,
  unit: message.unit,
  baseline: signedFrom(message.baseline, `${field}.baseline`),
  target: signedFrom(message.target, `${field}.target`),
  ...(message.actual === undefined ? {} : { measured: { actual: signedFrom(message.actual, `${field}.actual`), at: timestampFrom(message.measureTime, `${field}.measure_time`) } }),
});

function signedFrom(value: bigint, field: string): number {
  const integer = Number(value);
  if (!Number.isSafeInteger(integer)) refuse(field, 'must be a whole number within 2^53');
  return integer;
}

export const flowFrom = (message: ContributionMessage, owner: AgencyId, field: string): ReportedFlow => ({
  owner,
  source: parseSlug(message.source, `${field}.source`),
  flow: message.flowId,
  donor: message.donor,
  recipient: message.recipient,
  area: message.area,
  stage: words.stage.from(message.stage, `${field}.stage`),
  unit: words.unit.from(message.unit, `${field}.unit`),
  amount: integerFrom(message.amount, `${field}.amount`),
  ...(message.originalCurrency === '' && message.originalMinorUnits === 0n
    ? {}
    : { original: { minorUnits: integerFrom(message.originalMinorUnits, `${field}.original_minor_units`), currency: message.originalCurrency } }),
  pooledFund: message.pooledFund,
  decidedAt: timestampFrom(message.decisionTime, `${field}.decision_time`),
  description: message.description,
  handling: handlingFrom(message.handling, `${field}.handling`),
});

/** The most values of one list of a filter. */
const MAX_FILTER = 200;

function bounded<T>(values: readonly T[] | undefined, field: string): readonly T[] {
  if (values === undefined) return [];
  if (values.length > MAX_FILTER) refuse(field, `takes at most ${MAX_FILTER}`);
  return values;
}

export const filterFrom = (message: FilterMessage | undefined): RecommendationFilter => ({
  ...(message === undefined || message.meeting === '' ? {} : { meeting: parseMeetingName(message.meeting, 'filter.meeting') }),
  addressees: bounded(message?.addressees, 'filter.addressees').map((agency, i) => parseAgencyName(agency, `filter.addressees[${i}]`)),
  themes: words.theme.allFrom(bounded(message?.themes, 'filter.themes'), 'filter.themes'),
  implementations: words.implementation.allFrom(bounded(message?.implementations, 'filter.implementations'), 'filter.implementations'),
  overdue: message?.overdue ?? false,
  blocked: message?.blocked ?? false,
});

export const contributionFilterFrom = (message: ContributionFilterMessage | undefined): ContributionFilter => ({
  areas: bounded(message?.areas, 'filter.areas'),
  donor: message?.donor ?? '',
  stages: words.stage.allFrom(bounded(message?.stages, 'filter.stages'), 'filter.stages'),
});
