import type { Role } from '@corridor/policy';
import { allow, expectedVersionFrom, paged, parseSlug, required, type Caller } from '@corridor/runtime';
import { activateRule } from '../application/activate-rule.ts';
import { backtestRule } from '../application/backtest-rule.ts';
import { createRule } from '../application/create-rule.ts';
import type { EarlyWarning } from '../application/early-warning.ts';
import { pauseRule } from '../application/pause-rule.ts';
import { getRule, listRules } from '../application/read-rules.ts';
import { resumeRule } from '../application/resume-rule.ts';
import { retireRule } from '../application/retire-rule.ts';
import { updateRule } from '../application/update-rule.ts';
import { parseRuleName } from './names.ts';
import { backtestFrom } from './requests.ts';
import { ruleTo, termsFrom } from './rules-wire.ts';
import { ownOnly, type Served, type Some } from './served.ts';

type RuleMethods = Some<
  'createRule' | 'updateRule' | 'backtestRule' | 'activateRule' | 'pauseRule' | 'resumeRule' | 'retireRule' | 'getRule' | 'listRules'
>;

/** Rules of the early-warning agency. */
export function ruleMethods(served: () => Served): RuleMethods {
  /** For actors of the early-warning agency who have one of the roles. */
  const own = <Req, Res>(roles: 'every actor' | readonly Role[], act: (early: EarlyWarning, request: Req, caller: Caller) => Promise<Res>) =>
    allow(roles, (request: Req, { caller }) => {
      const { early } = served();
      ownOnly(early, caller);
      return act(early, request, caller);
    });
  return {
    createRule: own(['publisher'], async (early, { ruleId, rule }, caller) => ({
      rule: ruleTo(await createRule(early, caller, parseSlug(ruleId, 'rule_id'), termsFrom(rule))),
    })),
    updateRule: own(['publisher'], async (early, { rule, expectedVersion }, caller) => {
      const id = parseRuleName(required(rule, 'rule').name, 'rule.name');
      return { rule: ruleTo(await updateRule(early, caller, id, expectedVersionFrom(expectedVersion), termsFrom(rule))) };
    }),
    backtestRule: own(['publisher', 'approver'], async (early, request, caller) => ({
      rule: ruleTo(await backtestRule(early, caller, parseRuleName(request.name, 'name'), backtestFrom(request))),
    })),
    activateRule: own(['approver'], async (early, { name, expectedVersion, evaluateHistory }, caller) => {
      const rule = await activateRule(early, caller, parseRuleName(name, 'name'), expectedVersionFrom(expectedVersion), evaluateHistory);
      if (evaluateHistory) served().history();
      return { rule: ruleTo(rule) };
    }),
    pauseRule: own(['publisher', 'approver'], async (early, { name, expectedVersion, reason }, caller) => ({
      rule: ruleTo(await pauseRule(early, caller, parseRuleName(name, 'name'), expectedVersionFrom(expectedVersion), reason)),
    })),
    resumeRule: own(['approver'], async (early, { name, expectedVersion, reason }, caller) => ({
      rule: ruleTo(await resumeRule(early, caller, parseRuleName(name, 'name'), expectedVersionFrom(expectedVersion), reason)),
    })),
    retireRule: own(['publisher', 'approver'], async (early, { name, expectedVersion, reason }, caller) => ({
      rule: ruleTo(await retireRule(early, caller, parseRuleName(name, 'name'), expectedVersionFrom(expectedVersion), reason)),
    })),
    getRule: own('every actor', async (early, { name }) => ({ rule: ruleTo(await getRule(early, parseRuleName(name, 'name'))) })),
    listRules: own('every actor', async (early, request, caller) => {
      const list = { list: 'ListRules', caller: caller.name };
      const { items, nextPageToken } = await paged(served().pageTokens, list, request, (after, limit) => listRules(early, after, limit));
      return { rules: items.map(ruleTo), nextPageToken };
    }),
  };
}
