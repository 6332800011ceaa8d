import type { ActorRef } from '@corridor/policy';
import type { Rule } from '../domain/rule.ts';
import { changeRule } from './change-rule.ts';
import type { EarlyWarning } from './early-warning.ts';

/** Lets a backtested rule evaluate. @throws CorridorError as `changeRule` */
export const activateRule = (early: EarlyWarning, by: ActorRef, id: string, expectedVersion: number, evaluateHistory: boolean): Promise<Rule> =>
  changeRule(early, by, id, { kind: 'activate', expectedVersion, evaluateHistory });
