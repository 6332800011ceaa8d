import { CorridorError } from '@corridor/kernel';

/** How long a calendar period is. */
export type Granularity = 'day' | 'month' | 'quarter' | 'year';

const SHAPE = /^(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?))?$/;

/**
 * The calendar period of the wanted granularity in which a period lies: `2026-11-21` or `2026-11` -> `2026-Q4` or `2026`.
 * Labels are ISO 8601 (`2026`, `2026-11`, `2026-11-21`), quarters `2026-Q4`. A period that is as coarse or coarser stays
 * as it is. Only the label changes: nothing is added up.
 * @throws CorridorError INVALID_ARGUMENT when the label is none of these.
 */
export function coarsenPeriod(label: string, to: Granularity): string {
  const [whole, year, , month] = SHAPE.exec(label) ?? [];
  if (whole === undefined || year === undefined) {
    throw new CorridorError('INVALID_ARGUMENT', 'a period is written 2026, 2026-Q4, 2026-11 or 2026-11-21', { field: 'period' });
  }
  if (to === 'year') return year;
  if (month === undefined) return whole;
  if (to === 'quarter') return `${year}-Q${Math.ceil(Number(month) / 3)}`;
  return to === 'month' ? `${year}-${month}` : whole;
}
