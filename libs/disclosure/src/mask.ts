import { canonicalJson, CorridorError, fromUtf8 } from '@corridor/kernel';
import { byCodeUnits, known, OTHER, SUPPRESSED, type Count, type Row, type Table } from './table.ts';

/**
 * What is hidden of one version of a table. Plain data; stored with the archived version.
 * - `open`: no row is hidden. `merge`: the hidden rows are one row `OTHER`. `suppress`: they are shown as suppressed, in
 *   place. `withheld`: nothing of the table is shown.
 * - `hidden`: keys of the hidden rows, ascending; may name rows that this version no longer has.
 * - `sum`: whether the sum of the hidden rows may be seen (in `OTHER`, or as total minus the rows shown).
 * - `total`: whether the total may be seen.
 */
export interface Mask {
  readonly form: 'open' | 'merge' | 'suppress' | 'withheld';
  readonly hidden: readonly string[];
  readonly sum: boolean;
  readonly total: boolean;
}

/** The value of a row, 0 when the table has no such row, `undefined` when nobody states it. */
export function valueOf(table: Table, key: string): number | undefined {
  const row = table.rows.find((r) => r.key === key);
  if (row === undefined) return 0;
  return row.count.kind === 'known' ? row.count.value : undefined;
}

/**
 * The masked table, which every masked view coarsens and none refines. Rows come by key, `OTHER` last: a publisher's own
 * order may follow the counts. A hidden row that has vanished from the version still appears as hidden.
 */
export function applyMask(table: Table, mask: Mask): Table {
  if (mask.form === 'withheld') return { breakdown: table.breakdown, rows: [], total: SUPPRESSED };
  const hidden = new Set(mask.hidden);
  const rows: Row[] = table.rows.filter((row) => !hidden.has(row.key));
  if (mask.form === 'suppress') rows.push(...mask.hidden.map((key) => ({ key, count: SUPPRESSED })));
  rows.sort((a, b) => byCodeUnits(a.key, b.key));
  if (mask.form === 'merge') rows.push({ key: OTHER, count: hiddenSum(table, mask) });
  const { total } = table;
  if (total === undefined) return { breakdown: table.breakdown, rows };
  return { breakdown: table.breakdown, rows, total: mask.total || total.kind === 'unknown' ? total : SUPPRESSED };
}

function hiddenSum(table: Table, mask: Mask): Count {
  if (!mask.sum) return SUPPRESSED;
  let sum = 0;
  for (const key of mask.hidden) {
    const value = valueOf(table, key);
    if (value === undefined) return SUPPRESSED;
    sum += value;
  }
  return known(sum);
}

/** Canonical bytes of a mask (RFC 8785): equal masks have equal bytes. */
export const encodeMask = (mask: Mask): Uint8Array => canonicalJson(mask);

/** The mask of these bytes. @throws CorridorError INVALID_ARGUMENT when `encodeMask` cannot have written them. */
export function decodeMask(bytes: Uint8Array): Mask {
  const value = parseJson(bytes, 'mask');
  if (!isMask(value)) throw new CorridorError('INVALID_ARGUMENT', 'these bytes are not a mask', { field: 'mask' });
  return value;
}

/** The JSON value of these bytes. @throws CorridorError INVALID_ARGUMENT naming `field`. */
export function parseJson(bytes: Uint8Array, field: string): unknown {
  try {
    return JSON.parse(fromUtf8(bytes));
  } catch (cause) {
    throw new CorridorError('INVALID_ARGUMENT', `these bytes are not a ${field}`, { field }, { cause });
  }
}

/** Whether a value is an array of strings. */
export const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((v) => typeof v === 'string');

function isMask(value: unknown): value is Mask {
  if (typeof value !== 'object' || value === null) return false;
  if (!('form' in value && 'hidden' in value && 'sum' in value && 'total' in value)) return false;
  const { form, hidden, sum, total } = value;
  if (form !== 'open' && form !== 'merge' && form !== 'suppress' && form !== 'withheld') return false;
  return isTexts(hidden) && typeof sum === 'boolean' && typeof total === 'boolean' && Object.keys(value).length === 4;
}
