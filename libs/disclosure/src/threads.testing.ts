/** Random threads for the property tests: tables full of small counts, corrected cell by cell. */
import fc from 'fast-check';
import { known, UNKNOWN, type Breakdown, type Count, type Row, type Table } from './table.ts';

const KEYS: Readonly<Record<'nationality' | 'sex' | 'age-group', readonly string[]>> = {
  nationality: ['AFG', 'ALB', 'ERI', 'SYR', 'TUR', 'UNK', 'OTHER', 'HORN'],
  sex: ['F', 'M', 'X'],
  'age-group': ['0-4', '5-11', '12-17', '18-59', '60+'],
};

/** A nationality of these threads: not unknown, not grouped. */
export const isNationality = (key: string): boolean => ['AFG', 'ALB', 'ERI', 'SYR', 'TUR'].includes(key);

const count: fc.Arbitrary<Count> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 9 }).map(known) },
  { weight: 3, arbitrary: fc.integer({ min: 10, max: 45 }).map(known) },
  { weight: 2, arbitrary: fc.integer({ min: 46, max: 2000 }).map(known) },
  { weight: 2, arbitrary: fc.constant(known(0)) },
  { weight: 1, arbitrary: fc.constant(UNKNOWN) },
);

type Cells = ReadonlyMap<string, Count>;
const cellsOf = (keys: readonly string[]): fc.Arbitrary<Cells> =>
  fc.subarray([...keys], { minLength: Math.min(3, keys.length) }).chain((present) =>
    fc.tuple(...present.map(() => count)).map((counts) => new Map(present.map((key, i) => [key, counts[i] ?? UNKNOWN]))),
  );

/** What a correction does to each cell: keep it, state it anew (which may add it), or drop it. */
type Change = 'keep' | 'drop' | Count;
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Change>('keep') },
  { weight: 4, arbitrary: count },
  { weight: 1, arbitrary: fc.constant<Change>('drop') },
);
const allAnew: fc.Arbitrary<Change> = count;

const correctionOf = (keys: readonly string[]): fc.Arbitrary<readonly Change[]> =>
  fc.oneof(fc.tuple(...keys.map(() => change)), fc.tuple(...keys.map(() => allAnew)), fc.constant(keys.map(() => 'keep' as const)));

function correct(cells: Cells, keys: readonly string[], changes: readonly Change[]): Cells {
  const next = new Map(cells);
  keys.forEach((key, i) => {
    const how = changes[i] ?? 'keep';
    if (how === 'drop') next.delete(key);
    else if (how !== 'keep') next.set(key, how);
  });
  return next;
}

/** The table of these cells with the total a publisher would state. */
export function tableOf(breakdown: Breakdown, cells: Iterable<readonly [string, Count]>): Table {
  const rows: readonly Row[] = [...cells].map(([key, c]) => ({ key, count: c }));
  const values = rows.map((row) => (row.count.kind === 'known' ? row.count.value : 0));
  const complete = rows.every((row) => row.count.kind === 'known');
  const sum = values.reduce((a, b) => a + b, 0);
  return { breakdown, rows, total: known(complete ? sum : sum + 3) };
}

/** Threads of 1 to 4 versions of this breakdown. */
export const threadOf = (breakdown: keyof typeof KEYS): fc.Arbitrary<readonly Table[]> => {
  const keys = KEYS[breakdown];
  return fc.tuple(cellsOf(keys), fc.array(correctionOf(keys), { maxLength: 3 })).map(([first, corrections]) => {
    const versions: Cells[] = [first];
    for (const changes of corrections) versions.push(correct(versions.at(-1) ?? first, keys, changes));
    return versions.filter((cells) => cells.size > 0).map((cells) => tableOf(breakdown, cells));
  });
};

/** Threads of any breakdown, most of them by nationality. */
export const anyThread: fc.Arbitrary<readonly Table[]> = fc.oneof(
  { weight: 4, arbitrary: threadOf('nationality') },
  { weight: 1, arbitrary: threadOf('sex') },
  { weight: 2, arbitrary: threadOf('age-group') },
);
