import { describe, expect, it } from 'vitest';
import { tallyOf } from './tests.ts';

const report = (numPassedTests: number, numFailedTests: number): unknown => ({ numPassedTests, numFailedTests, numPendingTests: 1, numTodoTests: 2 });

describe('the tally of a test run', () => {
  it.each([
    ['all passed', report(5, 0), 0, { passed: 5, failed: 0, skipped: 3 }],
    ['some failed', report(5, 2), 1, { passed: 5, failed: 2, skipped: 3 }],
    ['a file that did not load', report(5, 0), 1, { passed: 5, failed: 1, skipped: 3 }],
    ['no test ran', report(0, 0), 0, { passed: 0, failed: 1, skipped: 3 }],
    ['no report', undefined, 1, { passed: 0, failed: 1, skipped: 0 }],
    ['a report of another shape', { numPassedTests: 5 }, 0, { passed: 0, failed: 1, skipped: 0 }],
  ])('%s', (_name, given, code, expected) => {
    expect(tallyOf(given, code)).toEqual(expected);
  });
});
