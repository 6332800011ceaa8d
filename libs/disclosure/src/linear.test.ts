/**
 * The audit of the handbook: everything that is ever released of a thread, in all views, as linear equations over the
 * cells; for each small count the smallest and largest value they allow. Cells that kept their value are one unknown.
 */
import fc from 'fast-check';
import highs, { type Highs } from 'highs';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyMask, dropBreakdown, firewallTable, maskThread, nextMask, OTHER, type Mask, type Table } from './index.ts';
import { anyThread, isNationality } from './threads.testing.ts';

// The package's types describe its CommonJS build; the default export of its ES module is the loader itself.
const isLoader = (value: unknown): value is () => Promise<Highs> => typeof value === 'function';

interface Equation {
  readonly unknowns: readonly string[];
  readonly sum: number;
}

const THRESHOLDS = [5, 10] as const;
const ORIGINS: readonly ReadonlySet<string>[] = [new Set(['AFG']), new Set(['SYR']), new Set(['ALB', 'TUR', 'ERI'])];

/** The unknown behind a cell: the same for versions in which the cell has the same value. */
const unknownOf = (table: Table, key: string): string => {
  const count = table.rows.find((row) => row.key === key)?.count;
  if (count === undefined) return `${key}=0`;
  return count.kind === 'known' ? `${key}=${count.value}` : `${key}=?${count.kind}`;
};

/** What one view tells: its rows one by one, and its total as the sum of `summed`. */
function equationsOf(table: Table, hidden: readonly string[], view: Table, summed: readonly string[]): readonly Equation[] {
  const equations = view.rows.flatMap(({ key, count }): readonly Equation[] => {
    if (count.kind !== 'known') return [];
    const behind = key === OTHER && hidden.length > 0 ? hidden : [key];
    return [{ unknowns: behind.map((k) => unknownOf(table, k)), sum: count.value }];
  });
  if (view.total?.kind !== 'known') return equations;
  return [...equations, { unknowns: summed.map((key) => unknownOf(table, key)), sum: view.total.value }];
}

/** Everything that is told of one version, in all views. */
function released(thread: readonly Table[], mask: Mask, threshold: number): readonly Equation[] {
  const table = thread.at(-1) ?? expect.fail('a thread without versions');
  const general = applyMask(table, mask);
  const everyRow = [...new Set([...table.rows.map((row) => row.key), ...mask.hidden])];
  return [
    ...equationsOf(table, mask.hidden, general, everyRow),
    ...equationsOf(table, [], dropBreakdown(general), everyRow),
    ...ORIGINS.flatMap((origins) => {
      const view = firewallTable(thread, { origins, isNationality, threshold });
      return view === 'empty' ? [] : equationsOf(table, [], view, view.rows.map((row) => row.key));
    }),
  ];
}

function rangeOf(solver: Highs, equations: readonly Equation[], target: string): { readonly low: number; readonly high: number } {
  const names = new Map<string, string>();
  const name = (unknown: string): string => {
    const known = names.get(unknown) ?? `x${names.size}`;
    names.set(unknown, known);
    return known;
  };
  const wanted = name(target);
  const rows = equations.map(({ unknowns, sum }, i) => ` e${i}: ${unknowns.map(name).join(' + ')} = ${sum}`).join('\n');
  const model = (sense: string): string => `${sense}\n obj: ${wanted}\nSubject To\n${rows}\n cap: ${wanted} <= 100000\nEnd\n`;
  const solve = (sense: string): number => {
    const solution = solver.solve(model(sense), { presolve: 'off' });
    if (solution.Status !== 'Optimal') throw new Error(`the true table is a solution, yet: ${solution.Status}`);
    return solution.ObjectiveValue;
  };
  return { low: solve('Minimize'), high: solve('Maximize') };
}

describe('everything ever released of a thread', () => {
  let solver: Highs;
  beforeAll(async () => {
    solver = await (isLoader(highs) ? highs() : expect.fail('the solver has no loader'));
  });

  it('leaves each small count anywhere from 1 to the threshold less 1', () => {
    let audited = 0;
    let sums = 0;
    fc.assert(
      fc.property(anyThread, fc.constantFrom(...THRESHOLDS), (thread, threshold) => {
        const masks = maskThread(thread, { threshold });
        const equations = thread.flatMap((_, version) => {
          const mask = masks[version] ?? expect.fail('a version without a mask');
          if (mask.sum) sums += 1;
          return released(thread.slice(0, version + 1), mask, threshold);
        });
        const small = new Set(thread.flatMap((table) => table.rows.flatMap(({ key, count }) =>
          count.kind === 'known' && count.value > 0 && count.value < threshold ? [unknownOf(table, key)] : [])));
        for (const target of small) {
          audited += 1;
          const { low, high } = rangeOf(solver, equations, target);
          if (low > 1 + 1e-6 || high < threshold - 1 - 1e-6) expect.fail(`${target} lies from ${low} to ${high}`);
        }
      }),
      { numRuns: 400 },
    );
    // The audit is empty if nothing small is generated or no sum is ever released.
    expect(audited).toBeGreaterThan(400);
    expect(sums).toBeGreaterThan(100);
  }, 60_000);

  it('never shows what it has hidden, nor changes how', () => {
    fc.assert(
      fc.property(anyThread, (thread) => {
        const masks = maskThread(thread);
        masks.forEach((mask, version) => {
          const before = masks[version - 1];
          if (before === undefined || before.form === 'open') return;
          expect(mask.form).toBe(before.form);
          expect(mask.hidden).toEqual(expect.arrayContaining([...before.hidden]));
        });
      }),
    );
  });

  it('is the same whenever it is computed', () => {
    fc.assert(
      fc.property(anyThread, (thread) => {
        let memory: ReturnType<typeof nextMask>['memory'] | undefined;
        const stepwise = thread.map((table) => {
          const next = nextMask(memory, { ...table, rows: table.rows.toReversed() });
          memory = next.memory;
          return next.mask;
        });
        expect(stepwise).toEqual(maskThread(thread));
      }),
    );
  });
});
