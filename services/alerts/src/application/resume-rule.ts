import type { ActorRef } from '@corridor/policy';
import type { Rule } from '../domain/rule.ts';
import { changeRule } from './change-rule.ts';
import type { EarlyWarning } from './early-warning.ts';

/** Ends a pause. @throws CorridorError as `changeRule` */
export const resumeRule = (early: EarlyWarning, by: ActorRef, id: string, expectedVersion: number, reason: string): Promise<Rule> =>
  changeRule(early, by, id, { kind: 'resume', expectedVersion, reason });
