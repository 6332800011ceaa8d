import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, run } from '../command.ts';
import { NOTHING, type Tally } from '../tally.ts';
import type { Outcome } from './check.ts';

/** What is read of vitest's JSON report. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly TestFile[];
}

/** `status` is `failed` also when the file could not be loaded; times are milliseconds since 1970. */
interface TestFile {
  readonly name: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

const isReport = (value: unknown): value is Report =>
  typeof value === 'object' &&
  value !== null &&
  ['numPassedTests', 'numFailedTests', 'numPendingTests', 'numTodoTests'].every((key) => Number.isSafeInteger(Reflect.get(value, key))) &&
  'testResults' in value &&
  Array.isArray(value.testResults);

/**
 * What a vitest run counts as. A file that failed without a failed test (it does not load, or its set-up failed) is one
 * failure, and so is a run that failed for no other reason or in which no test ran.
 */
export function tallyOf(report: unknown, code: number): Tally {
  if (!isReport(report)) return { ...NOTHING, failed: 1 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = report;
  const files = testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'));
  const failed = numFailedTests + files.length;
  const counts = { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests };
  return failed === 0 && (code !== 0 || numPassedTests === 0) ? { ...counts, failed: 1 } : counts;
}

/** The file whose tests took longest, with its seconds: the first place to look when `npm test` becomes slow. */
function slowest(report: unknown): string {
  const files = isReport(report) ? report.testResults.map(({ name, startTime, endTime }) => ({ name, seconds: (endTime - startTime) / 1000 })) : [];
  const longest = files.toSorted((a, b) => b.seconds - a.seconds)[0];
  return longest === undefined ? 'no files' : `slowest ${longest.name.slice(ROOT.length + 1)} ${longest.seconds.toFixed(1)} s`;
}

/** All vitest tests of the workspace that need nothing beside it, each counted as one. */
export const tests = (): Promise<Outcome> => outcomeOf([]);

/** Those that need Kafka or MongoDB. */
export const engineTests = (): Promise<Outcome> => outcomeOf(['--config', 'test/engines/vitest.config.ts']);

async function outcomeOf(config: readonly string[]): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'corridor-vitest-'));
  try {
    const file = join(folder, 'report.json');
    const { code, output } = await run('vitest', ['run', ...config, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);
    const report: unknown = await readFile(file, 'utf8').then((text): unknown => JSON.parse(text), () => undefined);
    const seed = /seed \d+/.exec(output)?.[0] ?? 'no seed';
    return { ...tallyOf(report, code), note: `${seed}; ${slowest(report)}`, details: code === 0 ? '' : output };
  } finally {
    await rm(folder, { recursive: true });
  }
}
