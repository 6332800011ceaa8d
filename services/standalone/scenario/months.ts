import { Granularity, type Period } from '@corridor/contracts/common/v1/vocabulary';

/** A calendar month; `month` from 1. */
export interface Month {
  readonly year: number;
  readonly month: number;
}

/** The years of the play. */
export const YEARS = [2023, 2024, 2025] as const;

export const monthsOf = (year: number): readonly Month[] => Array.from({ length: 12 }, (_, i) => ({ year, month: i + 1 }));

/** The first moment of a month, milliseconds since the epoch (UTC). */
export const startOf = ({ year, month }: Month): number => Date.UTC(year, month - 1);

/** `YYYY-MM`. */
export const textOf = ({ year, month }: Month): string => `${year}-${String(month).padStart(2, '0')}`;

export const periodOf = (month: Month): Period => ({
  start: new Date(startOf(month)),
  end: new Date(startOf({ year: month.year, month: month.month + 1 })),
  granularity: Granularity.GRANULARITY_MONTH,
});
