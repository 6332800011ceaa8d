import { checkDistinct, checkText, derivedUuid, refuse, seriesId, utf8, type AgencyId, type Uuid } from '@corridor/kernel';
import type { Handling, PolicyState } from '@corridor/policy';
import { checkConditions } from './conditions.ts';
import type { Evolve } from './history.ts';
import { checkArea, type Places } from './places.ts';
import type { Subject } from './subject.ts';
import type { Timeliness } from './vocabulary.ts';

/** A step of a plan. Times in milliseconds since the epoch. */
export interface Milestone {
  readonly id: string;
  readonly text: string;
  readonly dueAt: number;
  readonly reachedAt?: number;
}

/** What a plan is measured by, in whole units. */
export interface Indicator {
  readonly id: string;
  readonly text: string;
  readonly unit: string;
  readonly baseline: number;
  readonly target: number;
  readonly measured?: { readonly actual: number; readonly at: number };
}

/** The plan of an agency as it is put. */
export interface NewPlan {
  readonly agency: AgencyId;
  readonly id: string;
  readonly title: string;
  readonly recommendations: readonly Uuid[];
  readonly milestones: readonly Milestone[];
  readonly indicators: readonly Indicator[];
  readonly handling: Handling;
  readonly area: string;
}

export interface Plan extends NewPlan {
  readonly version: number;
  readonly putAt: number;
}

export type PlanEvent = { readonly kind: 'put'; readonly plan: NewPlan };

const SERIES = seriesId('plans');
const MAX_TITLE = 200;
const MAX_RECOMMENDATIONS = 100;
const MAX_MILESTONES = 100;
const MAX_INDICATORS = 50;

/** @throws CorridorError INVALID_ARGUMENT, UNKNOWN_PLACE, HANDLING_CONTRADICTORY */
export function checkPlan(plan: NewPlan, places: Places, state: PolicyState): NewPlan {
  checkText(plan.title, MAX_TITLE, 'plan.title');
  if (plan.recommendations.length === 0) refuse('plan.recommendations', 'must name what the plan carries out');
  checkDistinct(plan.recommendations, MAX_RECOMMENDATIONS, 'plan.recommendations');
  if (plan.milestones.length === 0) refuse('plan.milestones', 'must have at least one step');
  checkDistinct(plan.milestones.map(({ id }) => id), MAX_MILESTONES, 'plan.milestones');
  plan.milestones.forEach(({ text }, i) => checkText(text, 500, `plan.milestones[${i}].text`));
  checkDistinct(plan.indicators.map(({ id }) => id), MAX_INDICATORS, 'plan.indicators');
  plan.indicators.forEach(({ text, unit }, i) => {
    checkText(text, 300, `plan.indicators[${i}].text`);
    checkText(unit, 50, `plan.indicators[${i}].unit`);
  });
  checkArea(plan.area, places, 'plan.area');
  checkConditions(plan.handling, plan.agency, state, 'plan.handling');
  return plan;
}

export const evolvePlan: Evolve<Plan, PlanEvent> = (before, { at, event }) => ({ ...event.plan, version: (before?.version ?? 0) + 1, putAt: at });

/** Whether a step is in time at a moment: reached before it was due, or not due yet. */
export const milestoneTimeliness = ({ dueAt, reachedAt }: Milestone, moment: number): Timeliness =>
  (reachedAt !== undefined && reachedAt <= moment ? reachedAt : moment) < dueAt ? 'on-time' : 'overdue';

export const planSubject = ({ agency, id, handling, area, putAt }: Plan): Subject => ({
  owner: agency,
  series: SERIES,
  // The same for all versions, and told from the id alone: nothing of it is secret.
  ref: derivedUuid(0, utf8(`agencies/${agency}/plans/${id}`)),
  handling,
  area,
  addressees: [],
  since: putAt,
});

/** The plan without its free texts, and without indicators, which may count persons: for readers whose view must hold none. */
export const planWithoutTexts = (plan: Plan): Plan => ({
  ...plan,
  milestones: plan.milestones.map((milestone) => ({ ...milestone, text: '' })),
  indicators: [],
});
