import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildConsole, CONSOLE_FOLDER } from './build.ts';

const textOf = (name: string): string => readFileSync(join(CONSOLE_FOLDER, name), 'utf8');

describe('the built console', () => {
  let page: string;
  let loaded: readonly string[];

  beforeAll(async () => {
    await buildConsole();
    page = textOf('index.html');
    loaded = [...page.matchAll(/(?:href|src)="\/([^"]+)"/g)].map(([, name = '']) => name);
  });

  it('is not built again from the same sources', async () => {
    expect(await buildConsole()).toBe(false);
  });

  it('loads files of its own alone, under names that change with their content', () => {
    expect(loaded.map((name) => name.replace(/-\w{8}\./, '-*.'))).toEqual(['assets/icon-*.svg', 'licenses.txt', 'assets/main-*.css', 'assets/main-*.js']);
    expect(loaded.filter((name) => !existsSync(join(CONSOLE_FOLDER, name)))).toEqual([]);
    expect(page).not.toMatch(/https?:/);
    const styles = textOf(loaded.find((name) => name.endsWith('.css')) ?? '');
    expect(styles).not.toMatch(/url\(|@import/);
  });

  it('has no script and no style within the page, as its policy demands', () => {
    expect(page).toMatch(/<script type="module" src="[^"]+"><\/script>/);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toMatch(/<style|style=|onload=|javascript:/);
  });

  it('carries the licences of what is in it', () => {
    for (const name of ['preact', 'uplot', 'uuid']) expect(textOf('licenses.txt')).toMatch(new RegExp(`^${name}$`, 'm'));
  });
});
