import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../command.ts';
import { alarms } from './alarms.ts';

const installed = (await run('promtool', ['--version'], { env: process.env })).code === 0;

describe('the check of the rules', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'corridor-alarms-'));
    await writeFile(join(folder, 'prometheus.yml'), 'rule_files: [rules.yml]\n');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const rules = (expression: string) => writeFile(join(folder, 'rules.yml'), `groups: [{ name: g, rules: [{ alert: Full, expr: '${expression}' }] }]\n`);
  const tests = (value: number) =>
    writeFile(
      join(folder, 'rules.test.yml'),
      `rule_files: [rules.yml]\ntests: [{ interval: 1m, input_series: [{ series: a, values: '${value}x5' }], alert_rule_test: [{ eval_time: 5m, alertname: Full, exp_alerts: [{ exp_labels: {} }] }] }]\n`,
    );

  it.runIf(installed)('passes rules that are valid and fire when they should', async () => {
    await rules('a > 1');
    await tests(2);
    expect(await alarms(folder)).toMatchObject({ passed: 1, failed: 0 });
  });

  it.runIf(installed)('fails rules that are not valid, or do not fire', async () => {
    await tests(2);
    await rules('a >');
    expect((await alarms(folder)).details).toMatch(/^promtool check config/);
    await rules('a > 2');
    expect((await alarms(folder)).details).toMatch(/^promtool test rules/);
  });

  it('says that it did not look where there is no promtool, and fails where it must', async () => {
    vi.stubEnv('PATH', folder);
    vi.stubEnv('CORRIDOR_REQUIRE_ENGINES', '');
    expect(await alarms(folder)).toMatchObject({ skipped: 1, note: expect.stringContaining('not installed') as string });
    vi.stubEnv('CORRIDOR_REQUIRE_ENGINES', '1');
    expect(await alarms(folder)).toMatchObject({ failed: 1 });
  });
});
