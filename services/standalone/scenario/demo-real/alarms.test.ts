import { describe, expect, it } from 'vitest';
import { alarmMonths, countsOf, rising, surpassing } from './alarms.ts';

describe('what the demonstration expects of its rules', () => {
  const cells = new Map([
    ['2015-02-01|East|sea', new Map([['AFG', 30], ['SYR', 70]])],
    ['2015-01-01|East|sea', new Map([['AFG', 40]])],
    ['2015-03-01|East|sea', new Map([['SYR', 300]])],
    ['2015-03-01|East|land', new Map([['SYR', 5000]])],
    ['2015-03-01|West|sea', new Map([['SYR', 5000]])],
  ]);

  it('adds nationalities of one route and mode, month by month', () => {
    expect([...countsOf({ cells }, 'East', 'sea')]).toEqual([['2015-01', 40], ['2015-02', 100], ['2015-03', 300]]);
  });

  it('is an alarm at the threshold and above', () => {
    expect(alarmMonths(countsOf({ cells }, 'East', 'sea'), surpassing(100))).toEqual(['2015-02', '2015-03']);
  });

  it.each([
    [100, 10, ['2015-03']],
    [329, 10, []],
    [100, 71, []],
  ])('is an alarm %i per cent above a mean of at least %i', (perCent, leastMean, months) => {
    expect(alarmMonths(countsOf({ cells }, 'East', 'sea'), rising(perCent, 2, leastMean))).toEqual(months);
  });
});
