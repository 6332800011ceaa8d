import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LAYER_RULES } from './layer-rules.ts';
import { cruiseLayers } from './layers.ts';

/** A small workspace of the shape of this one, in which every import points the right way. */
const CLEAN: Readonly<Record<string, string>> = {
  'libs/kernel/src/index.ts': `export const id = 'x';`,
  'libs/policy/src/index.ts': `import { createHash } from 'node:crypto'; import { id } from '@corridor/kernel'; export const rule = createHash('sha256').update(id);`,
  'libs/client/src/index.ts': `import '@opentelemetry/api';`,
  'libs/contracts/src/index.ts': `export interface Wire { readonly id: string }`,
  'libs/eventlog/src/index.ts': `import { readFileSync } from 'node:fs'; import { id } from '@corridor/kernel'; export const log = () => readFileSync(id);`,
  'services/hub/src/main.ts': `import { build } from './service.ts'; build();`,
  'services/hub/src/service.ts': `import { log } from '@corridor/eventlog'; import { rpc } from './rpc.ts'; export const build = () => [log, rpc];`,
  'services/hub/src/rpc.ts': `import type { Wire } from '@corridor/contracts'; import { publish } from './application/publish.ts'; export const rpc = (wire: Wire) => publish(wire.id);`,
  'services/hub/src/application/publish.ts': `import { decide } from '../domain/decide.ts'; export const publish = (id: string) => decide(id);`,
  'services/hub/src/domain/decide.ts': `import { id } from '@corridor/kernel'; import { rule } from '@corridor/policy'; export const decide = (x: string) => [id, rule, x];`,
  'services/registry/src/service.ts': `export const build = () => 0;`,
  'services/standalone/src/main.ts': `import { build } from '@corridor/hub'; import { build as registry } from '@corridor/registry'; build(); registry();`,
  'test/e2e/all.ts': `import { build } from '@corridor/hub'; build();`,
};

const FOLDERS = ['libs', 'services', 'test'];

/** A file that breaks a rule when it is added, by the rule it breaks. */
const PLANTED: readonly (readonly [rule: string, file: string, content: string])[] = [
  ['nobody-imports-main', 'services/hub/src/channels/a.ts', `import '../main.ts';`],
  ['service-is-the-root', 'services/hub/src/jobs/a.ts', `import '../service.ts';`],
  ['application-knows-no-edge', 'services/hub/src/application/a.ts', `import '../rpc.ts';`],
  ['application-knows-no-edge', 'services/registry/src/application/a.ts', `import '../projections/b.ts';`],
  ['routes-come-last', 'services/gateway/src/session/a.ts', `import '../http/b.ts';`],
  ['door-stands-alone', 'services/gateway/src/door/a.ts', `import '../session/b.ts';`],
  ['domain-is-pure', 'services/hub/src/domain/a.ts', `import '@corridor/eventlog';`],
  ['domain-is-pure', 'services/hub/src/domain/b.ts', `import type { Wire } from '@corridor/contracts'; export type A = Wire;`],
  ['domain-is-pure', 'services/hub/src/domain/c.ts', `import '../application/publish.ts';`],
  ['domain-is-pure', 'services/hub/src/domain/d.ts', `import 'node:fs';`],
  ['service-imports-no-service', 'services/hub/src/events.ts', `import '@corridor/registry';`],
  ['libs-import-no-service', 'libs/eventlog/src/a.ts', `import '@corridor/hub';`],
  ['services-import-no-tests', 'services/hub/src/jobs/b.ts', `import '../../../../test/e2e/all.ts';`],
  ['kernel-stands-alone', 'libs/kernel/src/a.ts', `import '@corridor/policy';`],
  ['contracts-stand-alone', 'libs/contracts/src/a.ts', `import '@corridor/kernel';`],
  ['pure-libs-stay-pure', 'libs/policy/src/a.ts', `import type { Wire } from '@corridor/contracts'; export type A = Wire;`],
  ['pure-libs-do-no-io', 'libs/policy/src/b.ts', `import 'node:fs';`],
  ['pure-libs-do-no-io', 'libs/policy/src/c.ts', `import 'node:net';`],
  ['pure-libs-speak-to-nobody', 'libs/policy/src/d.ts', `import '@grpc/grpc-js';`],
  ['telemetry-alone-exports', 'libs/client/src/a.ts', `import '@opentelemetry/sdk-trace';`],
  ['telemetry-alone-exports', 'services/hub/src/jobs/c.ts', `import 'pino';`],
  ['the-api-is-for-the-sdk-of-partners', 'services/hub/src/jobs/d.ts', `import '@opentelemetry/api';`],
  ['packages-meet-at-their-door', 'services/hub/src/rpc/c.ts', `import '../../../../libs/kernel/src/index.ts';`],
  ['console-is-for-browsers', 'services/gateway/console/src/a.tsx', `import '@corridor/kernel';`],
  ['console-has-no-node', 'services/gateway/console/src/b.ts', `import 'node:fs';`],
  ['everything-resolves', 'libs/policy/src/e.ts', `import '@corridor/nowhere';`],
  ['no-circles', 'services/registry/src/domain/a.ts', `import './b.ts'; export const a = 0;`],
];

/** What stands beside a planted file so that only the rule under test is broken. */
const BESIDE: Readonly<Record<string, string>> = {
  'services/registry/src/projections/b.ts': `export const b = 0;`,
  'services/gateway/src/http/b.ts': `export const b = 0;`,
  'services/gateway/src/session/b.ts': `export const b = 0;`,
  'services/registry/src/domain/b.ts': `import { a } from './a.ts'; export const b = () => a;`,
};

describe('the layer rule', () => {
  let root: string;
  const write = async (file: string, content: string): Promise<void> => {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), content);
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'corridor-layers-'));
    for (const [file, content] of Object.entries(CLEAN)) await write(file, content);
    await mkdir(join(root, 'node_modules', '@corridor'), { recursive: true });
    for (const folder of ['libs/kernel', 'libs/policy', 'libs/contracts', 'libs/eventlog', 'services/hub', 'services/registry']) {
      const door = folder.startsWith('services/') ? './src/service.ts' : './src/index.ts';
      await write(join(folder, 'package.json'), JSON.stringify({ name: folder, type: 'module', exports: { '.': door } }));
      await symlink(join(root, folder), join(root, 'node_modules', '@corridor', folder.replace(/^\w+\//, '')));
    }
    for (const name of ['@grpc/grpc-js', '@opentelemetry/api', '@opentelemetry/sdk-trace', 'pino']) {
      await write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
      await write(`node_modules/${name}/index.js`, '');
    }
  });
  afterEach(() => rm(root, { recursive: true }));

  it('passes a workspace whose imports all point the right way, and has looked at all of it', async () => {
    const seen = await cruiseLayers(root, FOLDERS);
    expect(seen.violations).toEqual([]);
    expect([...seen.modules].toSorted()).toEqual(Object.keys(CLEAN).toSorted());
    expect(seen.crossings).toBe(9);
  });

  it.each(PLANTED)('fails on %s planted in %s', async (name, file, content) => {
    for (const [other, text] of Object.entries(BESIDE)) if (dirname(dirname(other)) === dirname(dirname(file))) await write(other, text);
    await write(file, content);
    const { violations } = await cruiseLayers(root, FOLDERS);
    expect(violations.map((violation) => violation.replace(/:.*/, ''))).toContain(name);
    expect(violations.some((violation) => violation.startsWith(`${name}: ${file} -> `) || name === 'no-circles')).toBe(true);
  });

  it('has a planted violation for every rule', () => {
    expect(new Set(PLANTED.map(([name]) => name))).toEqual(new Set(LAYER_RULES.map((rule) => rule.name)));
  });

  it.each(['a.test.ts', 'a.testing.ts', 'testing.ts', 'testing/a.ts', 'contract.ts'])('lets %s stand outside the rooms', async (file) => {
    await write(join('services/hub/src/domain', file), `import 'node:fs'; import '@corridor/hub';`);
    expect((await cruiseLayers(root, FOLDERS)).violations).toEqual([]);
  });

  it('knows a room that only sounds like a test', async () => {
    await write('services/hub/src/domain/protesting.ts', `import 'node:fs';`);
    expect((await cruiseLayers(root, FOLDERS)).violations).toEqual(['domain-is-pure: services/hub/src/domain/protesting.ts -> fs']);
  });

  it('refuses to judge a tree in which it sees nothing', async () => {
    await mkdir(join(root, 'empty'));
    await expect(cruiseLayers(root, ['empty'])).rejects.toThrow('no module');
  });
});
