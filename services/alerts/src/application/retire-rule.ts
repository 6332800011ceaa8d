import type { ActorRef } from '@corridor/policy';
import type { Rule } from '../domain/rule.ts';
import { changeRule } from './change-rule.ts';
import type { EarlyWarning } from './early-warning.ts';

/** Ends a rule for good; its open alerts go on until they expire. @throws CorridorError as `changeRule` */
export const retireRule = (early: EarlyWarning, by: ActorRef, id: string, expectedVersion: number, reason: string): Promise<Rule> =>
  changeRule(early, by, id, { kind: 'retire', expectedVersion, reason });
