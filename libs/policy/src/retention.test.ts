import { describe, expect, it } from 'vitest';
import { retentionEnd, retentionMonth } from './retention.ts';

describe('retention', () => {
  it('ends whole days of 24 hours after publication', () => {
    expect(retentionEnd(Date.UTC(2026, 0, 1, 12), 30)).toBe(Date.UTC(2026, 0, 31, 12));
  });

  it.each([
    [Date.UTC(2026, 0, 1), 30, '2026-01'],
    [Date.UTC(2026, 0, 1), 31, '2026-02'],
    [Date.UTC(2025, 11, 31, 23, 59, 59, 999), 1, '2026-01'],
    [Date.UTC(2026, 0, 1), 3660, '2036-01'],
  ])('of %i for %i days ends in the month %s (UTC)', (publishedAt, days, month) => {
    expect(retentionMonth(publishedAt, days)).toBe(month);
  });

  it('is over before its month is: a key destroyed after the month opens nothing that is still retained', () => {
    for (let hour = 0; hour < 24 * 400; hour += 7) {
      const publishedAt = Date.UTC(2026, 0, 1, hour);
      const [year = 0, month = 0] = retentionMonth(publishedAt, 45).split('-').map(Number);
      expect(retentionEnd(publishedAt, 45)).toBeLessThan(Date.UTC(year, month, 1));
    }
  });
});
