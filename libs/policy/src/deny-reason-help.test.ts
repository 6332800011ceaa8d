import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DENY_REASON_HELP } from './deny-reason-help.ts';
import { DENY_REASONS } from './facts.ts';

const page = readFileSync(new URL('../../../docs/policy.md', import.meta.url), 'utf8');

describe('docs/policy.md', () => {
  it('tells every reason, in the order of decisions, in the words of the code', () => {
    const rows = page.split('\n').filter((line) => /^\| `[A-Z_]+` \|/.test(line));
    expect(rows).toEqual(DENY_REASONS.map((reason) => `| \`${reason}\` | ${DENY_REASON_HELP[reason]} |`));
  });
});
