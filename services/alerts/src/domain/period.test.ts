import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { periodNumber, periodOf, type RegularGranularity } from './period.ts';

const granularities: readonly RegularGranularity[] = ['day', 'week', 'month', 'quarter', 'year'];

describe('periods', () => {
  it('follow one another without gaps, and each lies in its number', () => {
    fc.assert(
      fc.property(fc.constantFrom(...granularities), fc.integer({ min: Date.UTC(1901, 0), max: Date.UTC(2200, 0) }), (granularity, at) => {
        const number = periodNumber(at, granularity);
        const period = periodOf(number, granularity);
        expect(period.start).toBeLessThanOrEqual(at);
        expect(period.end).toBeGreaterThan(at);
        expect(periodNumber(period.start, granularity)).toBe(number);
        expect(periodOf(number + 1, granularity).start).toBe(period.end);
      }),
    );
  });

  it.each<[RegularGranularity, string, string]>([
    ['week', '2026-11-23', '2026-11-30'],
    ['month', '2024-02-01', '2024-03-01'],
    ['quarter', '2026-10-01', '2027-01-01'],
    ['year', '2026-01-01', '2027-01-01'],
  ])('of a %s begin and end where the calendar has it', (granularity, start, end) => {
    const period = periodOf(periodNumber(Date.parse(start), granularity), granularity);
    expect([period.start, period.end]).toEqual([Date.parse(start), Date.parse(end)]);
  });
});
