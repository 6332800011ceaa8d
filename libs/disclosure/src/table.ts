import { CorridorError } from '@corridor/kernel';

/** A count of persons or events: a number of which zero is one, a number nobody knows, or a number that is withheld. */
export type Count =
  | { readonly kind: 'known'; readonly value: number }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'suppressed' };

/** By what the rows of a table split its total. */
export type Breakdown = 'none' | 'nationality' | 'sex' | 'age-group';

/** One row. Nationality keys are ISO 3166-1 alpha-3, `UNK` for unknown, or a publisher's code for a group. */
export interface Row {
  readonly key: string;
  readonly count: Count;
}

/**
 * One version of one table of counts: rows that do not overlap, and their total when the publisher states it. A row that
 * is not there counts as zero.
 */
export interface Table {
  readonly breakdown: Breakdown;
  readonly rows: readonly Row[];
  readonly total?: Count;
}

/** The key of the row into which hidden nationalities are merged, together with a publisher's own row of this key. */
export const OTHER = 'OTHER';

/** A known count. */
export const known = (value: number): Count => ({ kind: 'known', value });
export const UNKNOWN: Count = { kind: 'unknown' };
export const SUPPRESSED: Count = { kind: 'suppressed' };

const refuse = (message: string, row: string): never => {
  throw new CorridorError('INVALID_ARGUMENT', message, { row });
};

function checkCount(count: Count, row: string): void {
  if (count.kind === 'known' && (!Number.isSafeInteger(count.value) || count.value < 0)) {
    refuse(`the count of ${row} must be a whole number from 0 to 2^53-1`, row);
  }
}

/**
 * Checks a publisher's table: every key once and not empty, every value a safe non-negative integer, no rows without a
 * breakdown, and a known total that is the sum of the rows (at least the sum of the known ones when some are not known).
 * @throws CorridorError INVALID_ARGUMENT whose metadata `row` names the row, or `total`.
 */
export function validateTable(table: Table): void {
  const seen = new Set<string>();
  let sum = 0;
  let complete = true;
  for (const { key, count } of table.rows) {
    if (table.breakdown === 'none') refuse(`a table without a breakdown has no row ${key}`, key);
    if (key === '') refuse('a row needs a key', key);
    if (seen.has(key)) refuse(`the row ${key} appears twice`, key);
    seen.add(key);
    checkCount(count, key);
    if (count.kind === 'known') sum += count.value;
    else complete = false;
    if (!Number.isSafeInteger(sum)) refuse(`with the row ${key} the sum of the rows exceeds 2^53-1`, key);
  }
  const { total } = table;
  if (total === undefined) return;
  checkCount(total, 'total');
  if (total.kind !== 'known' || table.rows.length === 0) return;
  if (complete ? total.value !== sum : total.value < sum) {
    refuse(`the total ${total.value} is ${complete ? 'not' : 'below'} the sum of the rows, ${sum}`, 'total');
  }
}

/**
 * Checks that a correction can replace the version before it: a thread keeps its breakdown, since two breakdowns of one
 * total could be subtracted (`nextMask` withholds everything of such a thread).
 * @throws CorridorError INVALID_ARGUMENT with metadata `row` = `breakdown`.
 */
export function validateCorrection(previous: Table, next: Table): void {
  validateTable(next);
  if (previous.breakdown !== next.breakdown) {
    refuse(`a correction keeps the breakdown of its thread, ${previous.breakdown}; publish the other one anew`, 'breakdown');
  }
}

/** Orders texts by UTF-16 code units: the same on every machine, in every locale. */
export const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
