import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Theme } from '@corridor/contracts/followup/v1/resources';
import { THEMES } from '../enum-words.ts';
import { ISSUE_THEMES, themesOf } from './issue-themes.ts';

describe('the themes of issues', () => {
  it('are those of docs/files.md', () => {
    const doc = readFileSync(new URL('../../../../docs/files.md', import.meta.url), 'utf8');
    const [, table = ''] = /\| Issue \| Theme \|\n\|---\|---\|\n((?:\|.*\n)+)/.exec(doc) ?? [];
    expect(table).toBe([...ISSUE_THEMES].map(([issue, theme]) => `| ${issue} | \`${THEMES.of(theme)}\` |\n`).join(''));
  });

  it('stand each once, in the order of the issues, and else there is the default', () => {
    expect(themesOf(['Migrants', 'Other', 'Labour', 'Treaty bodies'], Theme.THEME_DATA)).toEqual([Theme.THEME_LAW_ALIGNMENT, Theme.THEME_INTEGRATION]);
    expect(themesOf(['Other', ''], Theme.THEME_DATA)).toEqual([Theme.THEME_DATA]);
  });
});
