import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../command.ts';
import { baseCommit, protoBreaking } from './protos.ts';

const message = (fields: string): string => `syntax = "proto3";\npackage a.v1;\nmessage M {\n${fields}\n}\n`;

describe('the compatibility of contracts', () => {
  let root: string;
  const git = (...args: readonly string[]): ReturnType<typeof run> =>
    run('git', ['-c', 'user.name=test', '-c', 'user.email=test@corridor.example', '-c', 'commit.gpgsign=false', ...args], { cwd: root });
  const commit = async (fields: string): Promise<void> => {
    await writeFile(join(root, 'proto/a/v1/a.proto'), message(fields));
    await git('add', '.');
    await git('commit', '-q', '--allow-empty', '-m', fields);
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'corridor-protos-'));
    await mkdir(join(root, 'proto/a/v1'), { recursive: true });
    await writeFile(join(root, 'buf.yaml'), 'version: v2\nmodules:\n  - path: proto\nbreaking:\n  use:\n    - FILE\n');
    await git('init', '-q', '-b', 'main');
  });
  afterEach(() => rm(root, { recursive: true }));

  it('is skipped, and says so, before there is a second commit', async () => {
    await commit('string a = 1;');
    expect(await protoBreaking(root)).toMatchObject({ skipped: 1, note: 'nothing to compare: there is no commit before this one' });
  });

  it('passes a new field and fails a removed one, on main against the commit before', async () => {
    await commit('string a = 1;');
    await commit('string a = 1; string b = 2;');
    expect(await protoBreaking(root)).toMatchObject({ passed: 1, failed: 0 });
    await commit('string a = 1;');
    const broken = await protoBreaking(root);
    expect(broken).toMatchObject({ passed: 0, failed: 1 });
    expect(broken.details).toContain('"b"');
  });

  it('compares a branch with where it left main, however many commits ago', async () => {
    await commit('string a = 1;');
    const left = (await git('rev-parse', 'HEAD')).output;
    await git('checkout', '-q', '-b', 'change');
    await commit('string c = 3;');
    await commit('string c = 3; string d = 4;');
    expect(await baseCommit(root)).toBe(left);
    expect(await protoBreaking(root)).toMatchObject({ failed: 1 });
  });
});
