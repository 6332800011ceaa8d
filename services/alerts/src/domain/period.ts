import type { Granularity, Period } from '@corridor/policy';

/** Lengths whose periods follow one another without gaps, so that they can be counted. */
export type RegularGranularity = Exclude<Granularity, 'custom'>;

const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** The epoch was a Thursday: the first Monday after it. */
const FIRST_MONDAY = 4 * DAY;

/** The number of the period that begins at `start`: periods that follow each other have numbers that do. */
export function periodNumber(start: number, granularity: RegularGranularity): number {
  const at = new Date(start);
  const month = 12 * at.getUTCFullYear() + at.getUTCMonth();
  switch (granularity) {
    case 'day':
      return Math.floor(start / DAY);
    case 'week':
      return Math.floor((start - FIRST_MONDAY) / WEEK);
    case 'month':
      return month;
    case 'quarter':
      return Math.floor(month / 3);
    case 'year':
      return at.getUTCFullYear();
  }
}

/** The period of a number. */
export const periodOf = (number: number, granularity: RegularGranularity): Period => ({
  start: startOf(number, granularity),
  end: startOf(number + 1, granularity),
  granularity,
});

function startOf(number: number, granularity: RegularGranularity): number {
  switch (granularity) {
    case 'day':
      return number * DAY;
    case 'week':
      return FIRST_MONDAY + number * WEEK;
    case 'month':
      return Date.UTC(Math.floor(number / 12), number % 12);
    case 'quarter':
      return Date.UTC(Math.floor(number / 4), 3 * (number % 4));
    case 'year':
      return Date.UTC(number, 0);
  }
}
