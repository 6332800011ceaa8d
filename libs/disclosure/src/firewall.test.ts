import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyMask, firewallExact, firewallTable, known, maskThread, SUPPRESSED, UNKNOWN, type Count, type Table } from './index.ts';
import { isNationality, tableOf, threadOf } from './threads.testing.ts';

const turkey = { origins: new Set(['TUR']), isNationality, threshold: 10 };
const of = (counts: Readonly<Record<string, Count>>): Table => tableOf('nationality', Object.entries(counts));

/** The same thread with other counts of the origins, or none, and its stated totals gone along. */
function withOrigins(thread: readonly Table[], origins: ReadonlySet<string>, counts: readonly (Count | undefined)[]): readonly Table[] {
  let i = 0;
  return thread.map((table) => {
    const others = table.rows.filter((row) => !origins.has(row.key));
    const own = [...origins].flatMap((key) => {
      const count = counts[i++ % Math.max(1, counts.length)];
      return count === undefined ? [] : [{ key, count }];
    });
    return tableOf('nationality', [...own, ...others].map((row) => [row.key, row.count] as const));
  });
}

const originCount = fc.oneof(
  fc.constant(undefined),
  fc.constant(UNKNOWN),
  fc.integer({ min: 0, max: 50 }).map(known),
  fc.integer({ min: 51, max: 3000 }).map(known),
);
const bodies = fc.constantFrom(new Set(['TUR']), new Set(['AFG']), new Set(['SYR', 'ALB']), new Set(['AFG', 'ALB', 'ERI', 'TUR']));

describe('the view of a State authority', () => {
  it('has the same bytes whatever the counts of its own nationals are, or whether there are any', () => {
    fc.assert(
      fc.property(threadOf('nationality'), bodies, fc.array(originCount, { minLength: 1, maxLength: 8 }), (thread, origins, counts) => {
        const changed = withOrigins(thread, origins, counts);
        thread.forEach((_, i) => {
          const wall = { ...turkey, origins };
          expect(firewallTable(changed.slice(0, i + 1), wall)).toEqual(firewallTable(thread.slice(0, i + 1), wall));
          const exact = changed[i] ?? expect.fail();
          expect(firewallExact(exact, wall)).toEqual(firewallExact(thread[i] ?? expect.fail(), wall));
        });
      }),
      { numRuns: 300 },
    );
  });

  it('shows only rows that the general view shows, whatever the counts of its own nationals are', () => {
    let shown = 0;
    fc.assert(
      fc.property(threadOf('nationality'), bodies, fc.array(originCount, { minLength: 1, maxLength: 8 }), (thread, origins, counts) => {
        const changed = withOrigins(thread, origins, counts);
        const masks = maskThread(changed);
        changed.forEach((table, i) => {
          const view = firewallTable(thread.slice(0, i + 1), { ...turkey, origins });
          if (view === 'empty') return;
          const general = applyMask(table, masks[i] ?? expect.fail());
          expect(general.rows).toEqual(expect.arrayContaining([...view.rows]));
          shown += view.rows.length;
        });
      }),
      { numRuns: 1000 },
    );
    expect(shown).toBeGreaterThan(100);
  });

  it('is built from stated nationalities of others alone, with the sum of the shown rows', () => {
    const table = of({ TUR: known(70), AFG: known(500), ALB: known(25), ERI: known(0), UNK: known(80), OTHER: known(60), HORN: known(90) });
    expect(firewallTable([table], turkey)).toEqual({
      breakdown: 'nationality',
      rows: [{ key: 'AFG', count: known(500) }, { key: 'ERI', count: known(0) }],
      total: known(500),
    });
    expect(firewallExact(table, turkey)).toEqual({
      breakdown: 'nationality',
      rows: [{ key: 'AFG', count: known(500) }, { key: 'ALB', count: known(25) }, { key: 'ERI', count: known(0) }],
      total: known(525),
    });
  });

  it('leaves out for good a row that was once within the guard, and the first complement', () => {
    const first = of({ AFG: known(500), ALB: known(25), SYR: known(15), TUR: known(3) });
    const second = of({ AFG: known(501), ALB: known(400), SYR: known(600), TUR: known(300) });
    expect(firewallTable([first, second], turkey)).toEqual({ breakdown: 'nationality', rows: [{ key: 'AFG', count: known(501) }], total: known(501) });
  });

  it('is empty when only its own nationals, unstated or small ones are counted', () => {
    expect(firewallTable([of({ TUR: known(500), UNK: known(90), AFG: known(9), SYR: UNKNOWN })], turkey)).toBe('empty');
    expect(firewallExact(of({ TUR: known(500), UNK: known(90), SYR: SUPPRESSED }), turkey)).toBe('empty');
    expect(firewallTable([], turkey)).toBe('empty');
  });

  it.each(['sex', 'age-group', 'none'] as const)('is empty for a %s table, whose counts may be of its own nationals', (breakdown) => {
    const table = tableOf(breakdown, breakdown === 'none' ? [] : [['F', known(500)], ['M', known(400)]]);
    expect(firewallTable([table], turkey)).toBe('empty');
    expect(firewallExact(table, turkey)).toBe('empty');
  });

  it('widens its guard with the threshold of each version', () => {
    const table = of({ AFG: known(500), ALB: known(30), SYR: known(15) });
    const keys = (threshold: readonly number[]): readonly string[] => {
      const view = firewallTable([table, table], { ...turkey, threshold });
      return view === 'empty' ? [] : view.rows.map((row) => row.key);
    };
    expect(keys([5, 5])).toEqual(['AFG', 'SYR']);
    expect(keys([5, 10])).toEqual(['AFG']);
    expect(keys([20, 5])).toEqual([]);
    expect(() => keys([10])).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
  });
});
