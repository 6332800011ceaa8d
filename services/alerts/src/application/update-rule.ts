import type { ActorRef } from '@corridor/policy';
import { checkTerms, type Rule, type RuleTerms } from '../domain/rule.ts';
import { changeRule } from './change-rule.ts';
import type { EarlyWarning } from './early-warning.ts';

/** Replaces what a rule says; it is a draft again. @throws CorridorError as `changeRule`, UNKNOWN_PLACE, HANDLING_CONTRADICTORY */
export const updateRule = (early: EarlyWarning, by: ActorRef, id: string, expectedVersion: number, terms: RuleTerms): Promise<Rule> =>
  changeRule(early, by, id, { kind: 'update', expectedVersion, terms: checkTerms(terms, early.agency, early.places.isPlace) });
