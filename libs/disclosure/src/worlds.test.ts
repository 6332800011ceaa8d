/**
 * The strongest reader: knows the rule, the group and which cells kept their value. Every table up to a sum is masked;
 * tables with the same release are worlds this reader cannot tell apart, and in each such class every small count that
 * is hidden must reach 1 and the threshold less 1.
 */
import { describe, expect, it } from 'vitest';
import { applyMask, known, maskThread, type Breakdown, type Table } from './index.ts';

const THRESHOLD = 5;

/** All tuples of `length` non-negative integers whose sum is at most `most`. */
function tuples(length: number, most: number): readonly (readonly number[])[] {
  if (length === 0) return [[]];
  return Array.from({ length: most + 1 }, (_, first) => tuples(length - 1, most - first).map((rest) => [first, ...rest])).flat();
}

function tableOf(breakdown: Breakdown, keys: readonly string[], values: readonly number[]): Table {
  const rows = keys.map((key, i) => ({ key, count: known(values[i] ?? 0) }));
  return { breakdown, rows, total: known(values.reduce((a, b) => a + b, 0)) };
}

interface Cell {
  readonly name: string;
  readonly value: number;
  readonly hidden: boolean;
}

/** What the reader sees of a thread, and the cells behind it. */
function release(thread: readonly Table[]): { readonly seen: string; readonly cells: readonly Cell[] } {
  const masks = maskThread(thread, { threshold: THRESHOLD });
  const cells: Cell[] = [];
  const seen: unknown[] = [];
  thread.forEach((table, version) => {
    const mask = masks[version];
    if (mask === undefined) throw new Error('a version without a mask');
    const kept = table.rows.map((row, i) => JSON.stringify(row.count) === JSON.stringify(thread[version - 1]?.rows[i]?.count));
    seen.push(applyMask(table, mask), mask.hidden, kept);
    for (const { key, count } of table.rows) {
      if (count.kind === 'known') cells.push({ name: `${version} ${key}`, value: count.value, hidden: mask.hidden.includes(key) });
    }
  });
  return { seen: JSON.stringify(seen), cells };
}

interface Range {
  low: number;
  high: number;
  small: boolean;
}

/** The first small count that its class of worlds bounds more tightly than it may, or `undefined`. */
function narrowest(threads: Iterable<readonly Table[]>, most: number): string | undefined {
  const classes = new Map<string, { readonly cells: Map<string, Range> }>();
  for (const thread of threads) {
    const { seen, cells } = release(thread);
    // Close to the bound of the enumeration a class lacks worlds that lie beyond it.
    const judged = thread.every(({ total }) => total?.kind === 'known' && total.value <= most - 2 * THRESHOLD);
    const group = classes.get(seen) ?? { cells: new Map<string, Range>() };
    classes.set(seen, group);
    for (const { name, value } of cells) {
      const range = group.cells.get(name) ?? { low: value, high: value, small: false };
      range.low = Math.min(range.low, value);
      range.high = Math.max(range.high, value);
      range.small ||= judged && value > 0 && value < THRESHOLD;
      group.cells.set(name, range);
    }
  }
  expect(classes.size).toBeGreaterThan(1);
  for (const [seen, { cells }] of classes) {
    for (const [name, { low, high, small }] of cells) {
      if (small && (low > 1 || high < THRESHOLD - 1)) return `${name} lies from ${low} to ${high}: ${seen}`;
    }
  }
  return undefined;
}

describe('a reader who knows the rule', () => {
  it.each([
    ['nationality', ['AFG', 'ALB', 'SYR'], 46],
    ['nationality', ['AFG', 'ALB', 'OTHER'], 46],
    ['nationality', ['AFG', 'OTHER'], 90],
    ['sex', ['F', 'M'], 90],
    ['age-group', ['0-4', '5-17', '18-59', '60+'], 29],
  ] as const)('cannot narrow a small count of one %s table of %j', (breakdown, keys, most) => {
    expect(narrowest(tuples(keys.length, most).map((values) => [tableOf(breakdown, keys, values)]), most)).toBeUndefined();
  });

  it.each([
    ['nationality', ['AFG', 'SYR'], 24],
    ['nationality', ['AFG', 'OTHER'], 24],
    ['sex', ['F', 'M'], 24],
  ] as const)('cannot narrow a small count by a correction of a %s table of %j', (breakdown, keys, most) => {
    const tables = tuples(keys.length, most).map((values) => tableOf(breakdown, keys, values));
    function* threads(): Generator<readonly Table[]> {
      for (const first of tables) for (const second of tables) yield [first, second];
    }
    expect(narrowest(threads(), most)).toBeUndefined();
  });

  it.each([
    ['nationality', ['AFG', 'ALB', 'SYR']],
    ['nationality', ['AFG', 'ALB', 'OTHER']],
    ['age-group', ['0-17', '18-59', '60+']],
  ] as const)('cannot narrow a small count by what an earlier %s table of %j showed', (breakdown, keys) => {
    const most = 36;
    const tables = tuples(keys.length, most).map((values) => tableOf(breakdown, keys, values));
    const shown = [[0, 5, 5], [5, 6, 7], [9, 9, 9], [8, 9, 0], [13, 0, 9], [5, 17, 6]].map((values) => tableOf(breakdown, keys, values));
    for (const first of shown) expect(narrowest(tables.map((second) => [first, second]), most)).toBeUndefined();
  });
});
