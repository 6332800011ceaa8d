import type { ActorRef } from '@corridor/policy';
import type { Rule } from '../domain/rule.ts';
import { changeRule } from './change-rule.ts';
import type { EarlyWarning } from './early-warning.ts';

/** Stops an active rule for the time being; what arrives meanwhile it never evaluates. @throws CorridorError as `changeRule` */
export const pauseRule = (early: EarlyWarning, by: ActorRef, id: string, expectedVersion: number, reason: string): Promise<Rule> =>
  changeRule(early, by, id, { kind: 'pause', expectedVersion, reason });
