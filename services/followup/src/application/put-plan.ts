import { checkVersion, CorridorError, forbid } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { checkPlan, planSubject, type NewPlan, type Plan, type PlanEvent } from '../domain/plan.ts';
import { keptUntil } from '../domain/subject.ts';
import { change } from './change.ts';
import { enter } from './enter.ts';
import type { Followup } from './followup.ts';
import { plansOf } from './kinds.ts';
import { readable } from './read.ts';
import { shownRecommendations } from './shown.ts';
import { planKey } from './stored.ts';

/** Creates or replaces a plan of the actor's agency. @throws CorridorError PERMISSION_DENIED, INVALID_ARGUMENT, NOT_FOUND, VERSION_CONFLICT, STATE_FORBIDS */
export async function putPlan(followup: Followup, by: ActorRef, wanted: NewPlan, expectedVersion: number): Promise<Plan> {
  if (wanted.agency !== by.agency) throw new CorridorError('PERMISSION_DENIED', 'a plan is its own agency\'s', { field: 'plan.name' });
  const plan = checkPlan(wanted, followup.places, followup.policy.state);
  const shown = shownRecommendations(followup);
  for (const id of plan.recommendations) await readable(followup, shown, id, by, followup.clock.now());
  const kind = plansOf(followup);
  const entered = expectedVersion === 0 ? await enter(followup, kind, planKey(plan), by, { kind: 'put', plan }) : undefined;
  if (entered !== undefined) return entered;
  return change(followup, kind, planKey(plan), by, (before): PlanEvent => {
    checkVersion(expectedVersion, before.version);
    if (keptUntil(planSubject(before)) <= followup.clock.now()) forbid('the plan is past its retention; choose another id');
    return { kind: 'put', plan };
  });
}
