import { describe, expect, it } from 'vitest';
import {
  applyMask, coarsenPeriod, decodeMask, decodeMemory, dropBreakdown, encodeMask, encodeMemory, known, maskThread, nextMask,
  SUPPRESSED, UNKNOWN, validateCorrection, validateTable, viewVersions, type Breakdown, type Count, type Table, type ViewState,
} from './index.ts';
import { tableOf } from './threads.testing.ts';

const invalid = (row: string): unknown => expect.objectContaining({ reason: 'INVALID_ARGUMENT', metadata: { row } });
const table = (breakdown: Breakdown, counts: Readonly<Record<string, Count | number>>): Table =>
  tableOf(breakdown, Object.entries(counts).map(([key, c]) => [key, typeof c === 'number' ? known(c) : c] as const));
/** The last version as the general view shows it: each row's number or state, and the total's. */
function shown(...versions: readonly Table[]): unknown {
  const last = versions.at(-1) ?? expect.fail();
  const view = applyMask(last, maskThread(versions).at(-1) ?? expect.fail());
  const text = (count: Count): number | string => (count.kind === 'known' ? count.value : count.kind);
  return { ...Object.fromEntries(view.rows.map((row) => [row.key, text(row.count)])), total: view.total && text(view.total) };
}
const byNation = (counts: Readonly<Record<string, Count | number>>): Table => table('nationality', counts);
const total = (value: number): Table => ({ breakdown: 'none', rows: [], total: known(value) });

describe('the masked table', () => {
  it.each<[string, Table, unknown]>([
    ['shows everything when nothing is small', byNation({ AFG: 12, SYR: 0, TUR: 40 }), { AFG: 12, SYR: 0, TUR: 40, total: 52 }],
    ['merges small rows and those within the guard', byNation({ AFG: 4, ALB: 8, SYR: 15, TUR: 40 }), { TUR: 40, OTHER: 27, total: 67 }],
    ['merges one small row with a complement', byNation({ AFG: 4, SYR: 30, TUR: 400 }), { TUR: 400, OTHER: 34, total: 434 }],
    ['takes the complement by key, not by size', byNation({ ALB: 4, SYR: 50, TUR: 45 }), { TUR: 45, OTHER: 54, total: 99 }],
    ['takes a publisher\'s own OTHER into the merge', byNation({ AFG: 4, OTHER: 60, TUR: 90 }), { TUR: 90, OTHER: 64, total: 154 }],
    ['keeps a publisher\'s own OTHER as it is when nothing is small', byNation({ AFG: 14, OTHER: 60 }), { AFG: 14, OTHER: 60, total: 74 }],
    ['withholds the sum of a group too small to hide its members', byNation({ AFG: 4, ALB: 6, TUR: 90 }), { TUR: 90, OTHER: 'suppressed', total: 'suppressed' }],
    ['withholds the sum of two members that can only be high', byNation({ AFG: 9, ALB: 19, TUR: 90 }), { TUR: 90, OTHER: 'suppressed', total: 'suppressed' }],
    ['withholds a lone small row', byNation({ AFG: 4, TUR: 0 }), { TUR: 0, OTHER: 'suppressed', total: 'suppressed' }],
    ['suppresses in place where rows cannot be merged', table('sex', { F: 4, M: 40 }), { F: 'suppressed', M: 'suppressed', total: 44 }],
    ['drops the total beside an unknown row', byNation({ AFG: 40, SYR: UNKNOWN }), { AFG: 40, SYR: 'unknown', total: 'suppressed' }],
    ['drops the total beside a row its publisher suppressed', byNation({ AFG: 40, SYR: SUPPRESSED }), { AFG: 40, SYR: 'suppressed', total: 'suppressed' }],
    ['suppresses a small total that stands alone', total(9), { total: 'suppressed' }],
    ['shows a large total that stands alone', total(10), { total: 10 }],
    ['shows zero', total(0), { total: 0 }],
  ])('%s', (_, version, expected) => {
    expect(shown(version)).toEqual(expected);
  });

  it.each<[string, readonly Table[], unknown]>([
    ['keeps hidden a row that has grown', [byNation({ AFG: 4, ALB: 8, TUR: 40 }), byNation({ AFG: 90, ALB: 8, TUR: 40 })], { TUR: 40, OTHER: 'suppressed', total: 'suppressed' }],
    ['shows the sum again when nothing hidden has changed', [byNation({ AFG: 4, ALB: 8, TUR: 40 }), byNation({ AFG: 4, ALB: 8, TUR: 41 })], { TUR: 41, OTHER: 12, total: 53 }],
    ['shows a new sum when every hidden value is new', [byNation({ AFG: 4, ALB: 8, TUR: 40 }), byNation({ AFG: 6, ALB: 7, TUR: 40 })], { TUR: 40, OTHER: 13, total: 53 }],
    ['withholds the sum when one value comes back', [byNation({ AFG: 4, ALB: 8 }), byNation({ AFG: 6, ALB: 7 }), byNation({ AFG: 4, ALB: 9 })], { OTHER: 'suppressed', total: 'suppressed' }],
    ['gives a row that turns small no complement of known value', [byNation({ AFG: 40, TUR: 90 }), byNation({ AFG: 4, TUR: 90 })], { TUR: 90, OTHER: 'suppressed', total: 'suppressed' }],
    ['counts a vanished row as changed', [byNation({ AFG: 4, ALB: 8, SYR: 3 }), byNation({ AFG: 4, ALB: 8 })], { OTHER: 'suppressed', total: 'suppressed' }],
    ['still shows as suppressed a row that has vanished', [table('sex', { F: 4, M: 8, X: 70 }), table('sex', { M: 8, X: 70 })], { F: 'suppressed', M: 'suppressed', X: 70, total: 'suppressed' }],
    ['withholds everything when the breakdown changes', [table('sex', { F: 40, M: 80 }), byNation({ AFG: 120 })], { total: 'suppressed' }],
    ['keeps a lone total suppressed', [total(9), total(900)], { total: 'suppressed' }],
    ['shows no total of a version without rows once rows are hidden', [byNation({ AFG: 4, ALB: 6 }), { breakdown: 'nationality', rows: [], total: known(90) }], { OTHER: 'suppressed', total: 'suppressed' }],
  ])('of a correction %s', (_, versions, expected) => {
    expect(shown(...versions)).toEqual(expected);
  });

  it('lists rows by key, since a publisher may order them by size', () => {
    const view = applyMask(table('sex', { X: 70, M: 8, F: 4 }), maskThread([table('sex', { X: 70, M: 8, F: 4 })])[0] ?? expect.fail());
    expect(view.rows.map((row) => row.key)).toEqual(['F', 'M', 'X']);
  });

  it('is under the highest threshold its thread has had', () => {
    const first = nextMask(undefined, byNation({ AFG: 30, TUR: 90 }), { threshold: 20 });
    expect(nextMask(first.memory, byNation({ AFG: 15, TUR: 90 }), { threshold: 5 }).mask.hidden).toEqual(['AFG']);
  });

  it.each([4, 7.5, Number.NaN, -10])('knows no threshold of %d', (threshold) => {
    expect(() => nextMask(undefined, byNation({}), { threshold })).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
  });

  it('without its breakdown is its total, or the sum of what it shows', () => {
    expect(dropBreakdown(table('sex', { F: 40, M: 50 }))).toEqual({ breakdown: 'none', rows: [], total: known(90) });
    const rows = (...counts: readonly Count[]): Table => ({ breakdown: 'sex', rows: counts.map((count, i) => ({ key: `${i}`, count })) });
    expect(dropBreakdown(rows(known(4), known(5))).total).toEqual(known(9));
    expect(dropBreakdown(rows(known(4), UNKNOWN, SUPPRESSED)).total).toEqual(SUPPRESSED);
    expect(dropBreakdown(rows(known(4), UNKNOWN)).total).toEqual(UNKNOWN);
    expect(dropBreakdown(rows()).total).toEqual(UNKNOWN);
  });
});

describe('masks and memories', () => {
  it('survive their bytes', () => {
    const { mask, memory } = nextMask(undefined, byNation({ AFG: 4, SYR: 30, UNK: UNKNOWN, TUR: 70 }));
    expect(decodeMask(encodeMask(mask))).toEqual(mask);
    expect(decodeMemory(encodeMemory(memory))).toEqual(memory);
  });

  it.each(['', 'null', '{}', '{"form":"shut","hidden":[],"sum":true,"total":true}', '{"form":"open","hidden":[1],"sum":true,"total":true}'])(
    'are not read from %j', (text) => {
      const bytes = new TextEncoder().encode(text);
      expect(() => decodeMask(bytes)).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
      expect(() => decodeMemory(bytes)).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
    });
});

describe('a published table', () => {
  const rows = (...counts: readonly (readonly [string, number])[]): Table =>
    ({ breakdown: 'sex', rows: counts.map(([key, value]) => ({ key, count: known(value) })) });

  it.each<[string, Table, string]>([
    ['a key twice', rows(['F', 1], ['F', 2]), 'F'],
    ['an empty key', rows(['', 1]), ''],
    ['a negative count', rows(['F', -1]), 'F'],
    ['a broken count', rows(['F', 0.5]), 'F'],
    ['a count beyond exact numbers', rows(['F', 2 ** 53]), 'F'],
    ['a sum beyond exact numbers', rows(['F', Number.MAX_SAFE_INTEGER], ['M', 1]), 'M'],
    ['rows without a breakdown', { ...rows(['F', 1]), breakdown: 'none' }, 'F'],
    ['a total that is not the sum', { ...rows(['F', 1], ['M', 2]), total: known(4) }, 'total'],
    ['a total below the known rows', { breakdown: 'sex', rows: [{ key: 'F', count: known(5) }, { key: 'M', count: UNKNOWN }], total: known(4) }, 'total'],
    ['a broken total', { ...rows(), total: known(-1) }, 'total'],
  ])('with %s is refused, naming the row', (_, version, row) => {
    expect(() => validateTable(version)).toThrow(invalid(row));
  });

  it('passes with a right, an unknown or no total', () => {
    for (const total of [known(3), UNKNOWN]) expect(() => validateTable({ ...rows(['F', 1], ['M', 2]), total })).not.toThrow();
    expect(() => validateTable(rows(['F', 1]))).not.toThrow();
  });

  it('is corrected only by one of the same breakdown', () => {
    expect(() => validateCorrection(rows(['F', 1]), byNation({ AFG: 1 }))).toThrow(invalid('breakdown'));
    expect(() => validateCorrection(rows(['F', 1]), rows(['F', 2]))).not.toThrow();
  });
});

describe('the versions of a view', () => {
  const state = (value: number | 'empty', rest = 'x'): ViewState => ({ table: value === 'empty' ? 'empty' : total(value), rest });

  it('count its changes only, and tell nothing of a thread it never showed', () => {
    expect(viewVersions([state('empty'), state(20), state(20), state(21), state(21, 'y'), state('empty'), state('empty'), state(21, 'y')])).toEqual([
      { kind: 'nothing' }, { kind: 'update', version: 1 }, { kind: 'nothing' }, { kind: 'update', version: 2 },
      { kind: 'update', version: 3 }, { kind: 'retraction', version: 4 }, { kind: 'nothing' }, { kind: 'update', version: 5 },
    ]);
  });
});

describe('a coarser period', () => {
  it.each([
    ['2026-11-21', 'month', '2026-11'], ['2026-11-21', 'quarter', '2026-Q4'], ['2026-11-21', 'year', '2026'],
    ['2026-01', 'quarter', '2026-Q1'], ['2026-03', 'quarter', '2026-Q1'], ['2026-04', 'quarter', '2026-Q2'],
    ['2026-Q3', 'year', '2026'], ['2026-Q3', 'month', '2026-Q3'], ['2026', 'month', '2026'], ['2026-11-21', 'day', '2026-11-21'],
  ] as const)('of %s by %s is %s', (label, to, expected) => {
    expect(coarsenPeriod(label, to)).toBe(expected);
  });

  it.each(['2026-13', '26-01', '2026-Q5', '2026-Q1-01', '2026-11-32', ''])('of %j is refused', (label) => {
    expect(() => coarsenPeriod(label, 'year')).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
  });
});
