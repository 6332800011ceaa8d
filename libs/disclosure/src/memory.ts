import { canonicalJson, CorridorError } from '@corridor/kernel';
import { isTexts, parseJson, valueOf, type Mask } from './mask.ts';
import { byCodeUnits, type Breakdown, type Table } from './table.ts';

/** What one cell of a thread has been so far. */
export interface CellMemory {
  readonly key: string;
  /** Every known value of the cell in an earlier version, ascending. */
  readonly values: readonly number[];
  /** Those of them that were shown, ascending: every recipient knows that a fresh value is none of these. */
  readonly shown: readonly number[];
  /** Its value in the version before, `null` when it was not known. */
  readonly last: number | null;
}

/**
 * All that the next version's mask needs to know of the versions before it. Plain data; holds counts in clear, so it is
 * stored sealed like the table itself.
 */
export interface MaskMemory {
  readonly breakdown: Breakdown;
  /** The highest threshold the thread has been under. */
  readonly threshold: number;
  /** The mask of the version before. */
  readonly mask: Mask;
  /** Whether a total that stood alone was ever suppressed. */
  readonly totalHidden: boolean;
  /** Ascending by key. */
  readonly cells: readonly CellMemory[];
}

/** The memory after one more version. */
export function remember(past: MaskMemory | undefined, table: Table, mask: Mask, threshold: number): MaskMemory {
  const keys = new Set([...(past?.cells ?? []).map((c) => c.key), ...table.rows.map((r) => r.key)]);
  const before = new Map((past?.cells ?? []).map((c) => [c.key, c]));
  const cells = [...keys].sort(byCodeUnits).map((key): CellMemory => {
    const value = valueOf(table, key);
    // A row that appears in a later version was zero before.
    const values = new Set(before.get(key)?.values ?? (past === undefined ? [] : [0]));
    if (value !== undefined) values.add(value);
    const shown = new Set(before.get(key)?.shown ?? (past === undefined ? [] : [0]));
    if (value !== undefined && mask.form !== 'withheld' && !mask.hidden.includes(key)) shown.add(value);
    return { key, values: ascending(values), shown: ascending(shown), last: value ?? null };
  });
  const alone = table.rows.length === 0 && table.total?.kind === 'known' && !mask.total;
  return { breakdown: past?.breakdown ?? table.breakdown, threshold, mask, totalHidden: (past?.totalHidden ?? false) || alone, cells };
}

const ascending = (values: Iterable<number>): readonly number[] => [...values].sort((a, b) => a - b);

/** Canonical bytes of a memory (RFC 8785). */
export const encodeMemory = (memory: MaskMemory): Uint8Array => canonicalJson(memory);

/** The memory of these bytes. @throws CorridorError INVALID_ARGUMENT when `encodeMemory` cannot have written them. */
export function decodeMemory(bytes: Uint8Array): MaskMemory {
  const value = parseJson(bytes, 'mask memory');
  if (!isMemory(value)) throw new CorridorError('INVALID_ARGUMENT', 'these bytes are not a mask memory', { field: 'mask memory' });
  return value;
}

const BREAKDOWNS: readonly unknown[] = ['none', 'nationality', 'sex', 'age-group'] satisfies readonly Breakdown[];

function isMemory(value: unknown): value is MaskMemory {
  if (typeof value !== 'object' || value === null) return false;
  if (!('breakdown' in value && 'threshold' in value && 'mask' in value && 'totalHidden' in value && 'cells' in value)) return false;
  const { breakdown, threshold, mask, totalHidden, cells } = value;
  if (typeof mask !== 'object' || mask === null || !('hidden' in mask && isTexts(mask.hidden))) return false;
  if (!('form' in mask && 'sum' in mask && 'total' in mask)) return false;
  return BREAKDOWNS.includes(breakdown) && Number.isSafeInteger(threshold) && typeof totalHidden === 'boolean'
    && Array.isArray(cells) && cells.every(isCell);
}

const isIntegers = (value: unknown): boolean => Array.isArray(value) && value.every(Number.isSafeInteger);

function isCell(value: unknown): value is CellMemory {
  if (typeof value !== 'object' || value === null || !('key' in value && 'values' in value && 'shown' in value && 'last' in value)) return false;
  const { key, values, shown, last } = value;
  return typeof key === 'string' && isIntegers(values) && isIntegers(shown) && (last === null || Number.isSafeInteger(last));
}
