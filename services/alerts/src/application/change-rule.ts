import { commit } from '@corridor/outbox';
import type { ActorRef } from '@corridor/policy';
import { CorridorError } from '@corridor/kernel';
import { decideRule, type Rule, type RuleChange, type RuleCommand } from '../domain/rule.ts';
import type { EarlyWarning } from './early-warning.ts';

/** What a command of an actor says beside who gives it. */
export type Wanted = RuleCommand extends infer C ? (C extends { readonly by: ActorRef } ? Omit<C, 'by'> : never) : never;

/**
 * Commits what a command makes of a rule.
 * @throws CorridorError NOT_FOUND, VERSION_CONFLICT, STATE_FORBIDS, FOUR_EYES, INVALID_ARGUMENT
 */
export async function changeRule(early: EarlyWarning, by: ActorRef, id: string, wanted: Wanted): Promise<Rule> {
  const { rule } = await commit<Rule, RuleChange>({
    documents: early.rules,
    id,
    decide: (rule) => {
      if (rule === undefined) throw unknownRule();
      return decideRule({ ...wanted, by }, rule, early.clock.now());
    },
    evolve: (_, change) => change.rule,
    eventOf: (change) => early.ruleEvent(change, by),
  });
  return rule;
}

/** The answer about a rule that is not there. */
export const unknownRule = (): CorridorError => new CorridorError('NOT_FOUND', 'there is no rule of this name', { field: 'name' });
