import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, run } from '../command.ts';
import { failed, passed, skipped, type Outcome } from './check.ts';

/** `buf lint` over the contracts, comments on every field included. */
export async function protoLint(): Promise<Outcome> {
  const listed = await run('buf', ['ls-files']);
  if (listed.code !== 0 || listed.output === '') return failed('no contracts found', listed.output);
  const { code, output } = await run('buf', ['lint']);
  const note = `${listed.output.split('\n').length} files`;
  return code === 0 ? passed(note) : failed(note, output);
}

const git = (cwd: string, ...args: readonly string[]): ReturnType<typeof run> => run('git', args, { cwd, env: process.env });

/**
 * The commit the contracts must stay compatible with: where this branch left main, or on main itself the commit before.
 * Undefined when there is none, as in a shallow clone or before the second commit.
 */
export async function baseCommit(root: string): Promise<string | undefined> {
  const head = await git(root, 'rev-parse', '--verify', '--quiet', 'HEAD');
  for (const main of ['origin/main', 'main']) {
    const base = await git(root, 'merge-base', 'HEAD', main);
    if (base.code === 0 && base.output !== head.output) return base.output;
  }
  const before = await git(root, 'rev-parse', '--verify', '--quiet', 'HEAD~');
  return before.code === 0 ? before.output : undefined;
}

/** `buf breaking` of the contracts in the tree against those of the base commit. */
export async function protoBreaking(root: string = ROOT): Promise<Outcome> {
  const base = await baseCommit(root);
  if (base === undefined) return skipped('nothing to compare: there is no commit before this one');
  const short = base.slice(0, 8);
  const there = await git(root, 'ls-tree', '--name-only', base, 'proto', 'buf.yaml');
  if (there.output !== 'buf.yaml\nproto') return skipped(`nothing to compare: ${short} has no contracts`);
  const folder = await mkdtemp(join(tmpdir(), 'corridor-breaking-'));
  try {
    const archive = join(folder, 'base.tar');
    const taken = await git(root, 'archive', '--output', archive, base, 'proto', 'buf.yaml');
    if (taken.code !== 0) return failed(`git cannot read ${short}`, taken.output);
    const { code, output } = await run('buf', ['breaking', '--against', archive], { cwd: root });
    return code === 0 ? passed(`against ${short}`) : failed(`against ${short}`, output);
  } finally {
    await rm(folder, { recursive: true });
  }
}
