import { describe, expect, it } from 'vitest';
import { tallyOf } from './tests.ts';

const file = (status: string, ...tests: readonly string[]): unknown => ({ status, assertionResults: tests.map((test) => ({ status: test })) });
const report = (numPassedTests: number, numFailedTests: number, ...testResults: readonly unknown[]): unknown => ({
  numPassedTests,
  numFailedTests,
  numPendingTests: 1,
  numTodoTests: 2,
  testResults,
});

describe('the tally of a test run', () => {
  it.each([
    ['all passed', report(5, 0, file('passed', 'passed')), 0, { passed: 5, failed: 0, skipped: 3 }],
    ['some failed', report(5, 2, file('failed', 'failed', 'failed')), 1, { passed: 5, failed: 2, skipped: 3 }],
    ['some failed and two files did not load', report(5, 1, file('failed', 'failed'), file('failed'), file('failed')), 1, { passed: 5, failed: 3, skipped: 3 }],
    ['an error outside any test', report(5, 0, file('passed', 'passed')), 1, { passed: 5, failed: 1, skipped: 3 }],
    ['no test ran', report(0, 0), 0, { passed: 0, failed: 1, skipped: 3 }],
    ['no report', undefined, 1, { passed: 0, failed: 1, skipped: 0 }],
    ['a report of another shape', { numPassedTests: 5 }, 0, { passed: 0, failed: 1, skipped: 0 }],
  ])('%s', (_name, given, code, expected) => {
    expect(tallyOf(given, code)).toEqual(expected);
  });
});
