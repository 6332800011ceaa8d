import { REASONS } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { errorsPage } from './errors-page.ts';

describe('docs/errors.md', () => {
  it('has one row per reason, in the order of the source', () => {
    const rows = errorsPage(REASONS).split('\n').filter((line) => line.startsWith('| `'));
    expect(rows.map((row) => /^\| `(\w+)`/.exec(row)?.[1])).toEqual(Object.keys(REASONS));
  });

  it('states code, status and what to do, and keeps the table whole', () => {
    const page = errorsPage({ BROKEN: { code: 'ABORTED', http: 409, retryAfterMs: 200, todo: 'Try `a | b` or <id>.' } });
    expect(page).toContain('| `BROKEN` | ABORTED (10) | 409 | 200 ms | Try `a \\| b` or &lt;id>. |');
  });
});
