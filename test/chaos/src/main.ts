import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tallyOf } from '../../tooling/checks/tests.ts';
import { totalLine } from '../../tooling/tally.ts';

/**
 * `npm run chaos`: faults under load, one after the other; a total as the last line. `-- --short` takes those that CI has
 * the time for; words choose the runs whose names have them.
 */
const { values, positionals } = parseArgs({ options: { short: { type: 'boolean', default: false } }, allowPositionals: true });

/** The test that tells that there are no engines is never left out. */
const WITHOUT_ENGINES = 'is not loaded without engines';

const folder = await mkdtemp(join(tmpdir(), 'corridor-chaos-report-'));
try {
  const file = join(folder, 'report.json');
  const vitest = join(import.meta.dirname, '..', '..', '..', 'node_modules', 'vitest', 'vitest.mjs');
  const named = positionals.length === 0 ? [] : ['--testNamePattern', [...positionals, WITHOUT_ENGINES].join('|')];
  const args = ['run', '--config', join(import.meta.dirname, '..', 'vitest.config.ts'), '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...named];
  const child = spawn(process.execPath, [vitest, ...args], { stdio: 'inherit', env: { ...process.env, ...(values.short ? { CORRIDOR_CHAOS_SHORT: '1' } : {}) } });
  await once(child, 'exit');
  const report: unknown = await readFile(file, 'utf8').then((text): unknown => JSON.parse(text), () => undefined);
  // Runs that were not chosen are not skipped.
  const all = tallyOf(report, child.exitCode ?? 1);
  const tally = positionals.length === 0 ? all : { ...all, skipped: 0 };
  console.log(totalLine(tally));
  process.exitCode = tally.failed > 0 ? 1 : 0;
} finally {
  await rm(folder, { recursive: true });
}
