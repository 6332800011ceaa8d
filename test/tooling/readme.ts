/**
 * `npm run test:readme [page ...]`: runs the examples of README.md, or of the pages named, as a reader would: in a copy of
 * the tree as a fresh clone has it, with the machine's own Node first. README.md beside this file states the convention.
 */
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { ROOT } from './command.ts';
import { runPage } from './readme/run.ts';
import { sourceFiles } from './sources.ts';
import { NOTHING, sum, totalLine, type Tally } from './tally.ts';

const PATIENCE = { end: 240_000, stop: 30_000 };

/** The environment of a reader's terminal: nothing of npm's, and no tools of this workspace. */
function readersEnvironment(): NodeJS.ProcessEnv {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((entry) => !/node_modules|node-gyp-bin/.test(entry));
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$|NODE_OPTIONS$|VITEST)/.test(name));
  const data = resolve(process.env['CORRIDOR_DATA_DIR'] ?? join(ROOT, '../shared/data'));
  return { ...Object.fromEntries(own), PATH: path.join(delimiter), NO_COLOR: '1', ...(existsSync(data) ? { CORRIDOR_DATA_DIR: data } : {}) };
}

async function runInCopy(page: string): Promise<Tally> {
  const parent = await mkdtemp(join(tmpdir(), 'corridor-readme-'));
  const folder = join(parent, 'corridor');
  try {
    for (const file of await sourceFiles()) await cp(join(ROOT, file), join(folder, file), { recursive: true, verbatimSymlinks: true });
    return await runPage(await readFile(resolve(ROOT, page), 'utf8'), { folder, environment: readersEnvironment() }, PATIENCE, console.log);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const asked = process.argv.slice(2);
const tallies: Tally[] = [];
for (const page of asked.length > 0 ? asked : ['README.md']) {
  const there = existsSync(resolve(ROOT, page));
  console.log(there ? page : `skipped ${page}: there is no such page`);
  tallies.push(there ? await runInCopy(page) : { ...NOTHING, skipped: 1 });
}
const total = sum(tallies);
console.log(totalLine(total));
process.exitCode = total.failed > 0 ? 1 : 0;
