import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT, run, type Finished } from './command.ts';

describe('.ci/run', () => {
  let folder: string;
  /** Runs it in a repository that has only these npm scripts. */
  const ci = async (scripts: Readonly<Record<string, string>>, data = folder): Promise<Finished> => {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'ci', scripts }, undefined, 2));
    return run(join(folder, '.ci/run'), [], { cwd: tmpdir(), env: { ...process.env, CORRIDOR_DATA_DIR: data } });
  };
  const lastLine = ({ output }: Finished): string | undefined => output.split('\n').at(-1);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'corridor-ci-'));
    await mkdir(join(folder, '.ci'));
    await cp(join(ROOT, '.ci/run'), join(folder, '.ci/run'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('adds up what its steps say, counts a step that says nothing as one, and one that is not there as none', async () => {
    const done = await ci({ test: 'echo 5 passed, 0 failed, 2 skipped', 'test:readme': 'echo 3 passed, 0 failed', bench: 'echo fast' });
    expect(lastLine(done)).toBe('9 passed, 0 failed, 2 skipped');
    expect(done.code).toBe(0);
    expect(done.output).toContain('fast --short');
    expect(done.output).toContain('test:durability: no such script yet');
  });

  it.each([
    ['a failed test', 'echo 5 passed, 2 failed; exit 1', '5 passed, 2 failed'],
    ['a failed test, though the step ends well', 'echo 5 passed, 2 failed', '5 passed, 2 failed'],
    ['a step that ends badly after all passed', 'echo 5 passed, 0 failed; exit 1', '5 passed, 1 failed'],
    ['a step that ends badly and says nothing', 'exit 7', '0 passed, 1 failed'],
  ])('fails on %s', async (_name, test, total) => {
    const done = await ci({ test });
    expect(lastLine(done)).toBe(total);
    expect(done.code).toBe(1);
  });

  it('goes on after a failed step', async () => {
    expect(lastLine(await ci({ test: 'exit 1', 'test:durability': 'echo fine' }))).toBe('1 passed, 1 failed');
  });

  it.each([1, 0])('says at the end what failed and where, once more, whether the step ended with %i or not', async (status) => {
    const done = await ci({ test: `echo FAIL of the first test; echo 1 passed, 1 failed; exit ${status}`, 'test:durability': 'echo fine' });
    expect(done.output).toMatch(/--- test:durability: ok[^]*--- what failed in test\nFAIL of the first test\n[^]*2 passed, 1 failed$/u);
  });

  it('says loudly that the test data are absent, and counts it as skipped', async () => {
    const done = await ci({ test: 'echo 1 passed, 0 failed' }, join(folder, 'nowhere'));
    expect(done.output.match(/!!! TEST DATA ABSENT/g)).toHaveLength(2);
    expect(lastLine(done)).toBe('1 passed, 0 failed, 1 skipped');
  });
});
