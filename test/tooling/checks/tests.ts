import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../command.ts';
import { NOTHING, type Tally } from '../tally.ts';
import type { Outcome } from './check.ts';

/** Counts that vitest's JSON report carries. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

const isReport = (value: unknown): value is Report =>
  typeof value === 'object' && value !== null && ['numPassedTests', 'numFailedTests', 'numPendingTests', 'numTodoTests'].every((key) => Number.isSafeInteger(Reflect.get(value, key)));

/**
 * What a vitest run counts as. Where no single test failed and yet the run did (a file that does not load, an error
 * outside any test, no tests at all), that is one failure.
 */
export function tallyOf(report: unknown, code: number): Tally {
  const counts = isReport(report)
    ? { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests + report.numTodoTests }
    : NOTHING;
  const ran = counts.passed + counts.failed > 0;
  return counts.failed === 0 && (code !== 0 || !ran) ? { ...counts, failed: 1 } : counts;
}

/** All vitest tests of the workspace, each counted as one. */
export async function tests(): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'corridor-vitest-'));
  try {
    const file = join(folder, 'report.json');
    const { code, output } = await run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);
    const report: unknown = await readFile(file, 'utf8').then((text): unknown => JSON.parse(text), () => undefined);
    const seed = /seed \d+/.exec(output)?.[0] ?? 'no seed';
    return { ...tallyOf(report, code), note: seed, details: code === 0 ? '' : output };
  } finally {
    await rm(folder, { recursive: true });
  }
}
