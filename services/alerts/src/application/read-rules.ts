import type { PagePosition } from '@corridor/documents';
import type { Listed } from '@corridor/runtime';
import type { Rule } from '../domain/rule.ts';
import { unknownRule } from './change-rule.ts';
import type { EarlyWarning } from './early-warning.ts';

/** One rule. @throws CorridorError NOT_FOUND */
export async function getRule({ rules }: EarlyWarning, id: string): Promise<Rule> {
  const stored = await rules.get(id);
  if (stored === undefined) throw unknownRule();
  return stored.doc;
}

/** One page of the rules, by id. */
export async function listRules({ rules }: EarlyWarning, after: PagePosition | undefined, limit: number): Promise<Listed<Rule>> {
  const page = await rules.page('all', { from: '' }, after, limit);
  return { ...page, items: page.items.map(({ doc }) => doc) };
}
