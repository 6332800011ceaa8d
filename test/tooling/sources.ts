import { run, ROOT } from './command.ts';

/**
 * Every file of the tree as git sees it: tracked or new, not ignored, and present. Sorted, relative to `root`.
 * Throws when `root` is no git work tree, since an empty list would let a check pass on nothing.
 */
export async function sourceFiles(root: string = ROOT): Promise<readonly string[]> {
  const listing = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, env: process.env });
  const removed = await run('git', ['ls-files', '--deleted'], { cwd: root, env: process.env });
  if (listing.code !== 0 || removed.code !== 0) throw new Error(`git cannot list the files of ${root}: ${listing.output}`);
  const gone = new Set(removed.output.split('\n'));
  return [...new Set(listing.output.split('\n'))].filter((file) => file !== '' && !gone.has(file)).toSorted();
}
