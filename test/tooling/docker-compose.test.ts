import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CONSOLE_FOLDER } from '@corridor/gateway/console';
import { CONFIG_VARIABLES } from '@corridor/runtime';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const compose = textOf('docker-compose.yml');
const recipe = textOf('infra/Dockerfile');

/** What the first group of a pattern finds, at least once. */
function found(pattern: RegExp, text: string): readonly string[] {
  const values = [...text.matchAll(pattern)].flatMap(([, value]) => (value === undefined ? [] : [value]));
  expect(values, String(pattern)).not.toEqual([]);
  return values;
}

describe('docker-compose.yml and its recipe', () => {
  it('set only variables that a node reads, to the defaults that it has', () => {
    const settings = [...compose.matchAll(/^ {6}([A-Z_]+): (.*)$/gm)].map(([, name = '', value = '']) => ({ name, value }));
    const defaults = new Map<string, string | undefined>(Object.entries(CONFIG_VARIABLES));
    expect(settings.map(({ name }) => name)).toEqual(['CORRIDOR_GRPC', 'CORRIDOR_HTTP']);
    for (const { name, value } of settings) expect(value).toBe(`\${${name}:-${defaults.get(name) ?? ''}}`);
    for (const name of found(/\b(CORRIDOR_[A-Z_]+)=\//g, recipe)) expect(defaults.has(name), name).toBe(true);
  });

  it('name only files that there are', () => {
    const copied = found(/^COPY (?!--from)(.*) \S+$/gm, recipe).flatMap((sources) => sources.split(' '));
    const service = found(/^ARG SERVICE=(.*)$/gm, recipe)[0] ?? '';
    const files = [...copied, `services/${service}/src/main.ts`, ...found(/dockerfile: (.*)$/gm, compose), ...found(/node (libs\/\S+)/g, compose)];
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    const sent = found(/^!(.*)$/gm, textOf('.dockerignore'));
    expect(copied.filter((file) => !sent.includes(file))).toEqual([]);
  });

  it('carry the built console, and nothing it is built with', () => {
    const [folder = ''] = found(/^COPY --from=console \/corridor\/(\S+) \S+$/gm, recipe);
    expect(folder).toBe(relative(ROOT, CONSOLE_FOLDER));
    expect(recipe).toMatch(/install --prod --no-optional/);
    expect(recipe).toContain('node services/gateway/console/build.ts');
    expect(textOf('.dockerignore')).toContain('**/console/dist*');
  });

  it('keep the data of the node in the volume', () => {
    const folder = found(/^VOLUME (.*)$/gm, recipe)[0];
    expect(found(/volumes: \[data:(.*)\]/g, compose)).toEqual([folder]);
    expect(found(/CORRIDOR_DATA=(\S+)/g, recipe)).toEqual([folder]);
  });

  it('build with the arguments that the recipe has, on the Node that the tree brings along', () => {
    const [argument = ''] = found(/args: \[(.*)\]/g, compose);
    const [major = ''] = found(new RegExp(`^ARG ${argument}=node:(\\d+)-`, 'gm'), recipe);
    expect(found(/"node-linux-\w+": "(\d+)\./g, textOf('package.json'))).toEqual([major, major]);
  });
});
