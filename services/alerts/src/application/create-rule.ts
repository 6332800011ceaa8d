import { CorridorError } from '@corridor/kernel';
import { isTaken } from '@corridor/outbox';
import type { ActorRef } from '@corridor/policy';
import { checkTerms, createRule as create, type Rule, type RuleTerms } from '../domain/rule.ts';
import type { EarlyWarning } from './early-warning.ts';

/** Writes a rule, a draft. @throws CorridorError INVALID_ARGUMENT, UNKNOWN_PLACE, HANDLING_CONTRADICTORY, ALREADY_EXISTS */
export async function createRule(early: EarlyWarning, by: ActorRef, id: string, terms: RuleTerms): Promise<Rule> {
  const change = create(id, checkTerms(terms, early.agency, early.places.isPlace), by);
  try {
    await early.rules.create(id, change.rule, [early.ruleEvent(change, by)]);
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw new CorridorError('ALREADY_EXISTS', 'the id belongs to another rule', { field: 'rule_id' });
  }
  return change.rule;
}
