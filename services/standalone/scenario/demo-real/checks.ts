import { CountState } from '@corridor/contracts/common/v1/vocabulary';
import { type MovementTable, TotalBasis, ViewForm } from '@corridor/contracts/hub/v1/updates';
import type { Arrived } from './recipient.ts';

/** What the file says of one table: persons by nationality. */
type Cells = ReadonlyMap<string, number>;

/** What a view shows. */
export interface Shown {
  readonly updates: number;
  readonly persons: number;
  readonly rows: number;
  readonly withheld: number;
}

/** What a view shows, and where it is wrong. */
export interface Verdict extends Shown {
  /** One line for each fault. */
  readonly faults: readonly string[];
}

const SMALL = 10;
/** The row of what was merged. */
const OTHER = 'OTHER';

type Rule = (table: MovementTable, cells: Cells, of: Arrived) => Iterable<string>;

/** Compares what arrived with the file, table by table. @param tables the file's tables by the names of their updates */
export function compare(arrived: ReadonlyMap<string, Arrived>, tables: ReadonlyMap<string, Cells>, rule: Rule): Verdict {
  const faults: string[] = [];
  let [persons, rows, withheld] = [0, 0, 0];
  for (const [name, one] of arrived) {
    const cells = tables.get(name);
    const { content, version } = one.update;
    if (cells === undefined || content?.$case !== 'movement') {
      faults.push(`${name}: nothing of this kind was published`);
      continue;
    }
    if (version !== 1) faults.push(`${name}: version ${version} of a report that has one`);
    for (const fault of rule(content.value, cells, one)) faults.push(`${name}: ${fault}`);
    for (const { count } of content.value.rows) {
      if (count?.state === CountState.COUNT_STATE_KNOWN) [persons, rows] = [persons + Number(count.value), rows + 1];
      else withheld += 1;
    }
  }
  return { updates: arrived.size, persons, rows, withheld, faults };
}

/** The exact view is the file: every cell, no more and no less, and the sum of all. */
export function* exact(table: MovementTable, cells: Cells, { batch, update }: Arrived): Generator<string> {
  if (batch.form !== ViewForm.VIEW_FORM_EXACT || batch.ownNationalsNeverIncluded) yield 'is not called an exact view';
  if (known(table).length !== cells.size || table.rows.length !== cells.size) yield `shows ${known(table).length} of ${cells.size} rows`;
  yield* sameCells(table, cells);
  if (update.totalBasis !== TotalBasis.TOTAL_BASIS_ALL || shownTotal(table) !== sum(cells.values())) yield 'states another total';
}

/** The masked view: what is shown is the file's, nothing small is, and nothing that is withheld follows from the total. */
export function* masked(table: MovementTable, cells: Cells, { batch }: Arrived): Generator<string> {
  if (batch.form !== ViewForm.VIEW_FORM_MASKED || batch.ownNationalsNeverIncluded) yield 'is not called a masked view';
  yield* sameCells(table, cells);
  yield* nothingSmall(table, cells);
  const total = shownTotal(table);
  if (total !== undefined && total !== sum(cells.values())) yield 'states another total';
  const merged = table.rows.find(({ key }) => key === OTHER);
  const named = table.rows.filter(({ key }) => key !== OTHER);
  const rest = sum(cells.values()) - sum(named.map(({ key }) => cells.get(key) ?? 0));
  if (merged?.count?.state === CountState.COUNT_STATE_KNOWN && Number(merged.count.value) !== rest) yield 'merges other persons than those not named';
  if (merged === undefined && rest !== 0) yield 'leaves persons out without saying so';
  const hidden = table.rows.filter(({ count }) => count?.state !== CountState.COUNT_STATE_KNOWN);
  if (hidden.length === 1 && total !== undefined) yield 'withholds one row that follows from the total';
}

/** The view of the State `origin`: as if its nationals, and all whose nationality is not one State's, had never been there. */
export const behindFirewall =
  (origin: string, isNationality: (key: string) => boolean): Rule =>
  function* (table, cells, { batch, update }) {
    if (batch.form !== ViewForm.VIEW_FORM_MASKED || !batch.ownNationalsNeverIncluded) yield 'does not say that own nationals are never included';
    for (const { key } of table.rows) if (key === origin || !isNationality(key)) yield `shows the row ${key}`;
    yield* sameCells(table, cells);
    yield* nothingSmall(table, cells);
    const total = shownTotal(table);
    if (table.rows.some(({ count }) => count?.state !== CountState.COUNT_STATE_KNOWN)) yield 'tells that something is withheld';
    if (total !== undefined && (update.totalBasis !== TotalBasis.TOTAL_BASIS_SHOWN_ROWS || total !== sum(known(table)))) yield 'states a total of more than the rows it shows';
  };

/** Every row that shows a count shows the file's. */
function* sameCells(table: MovementTable, cells: Cells): Generator<string> {
  for (const { key, count } of table.rows) {
    if (key === OTHER || count?.state !== CountState.COUNT_STATE_KNOWN) continue;
    if (Number(count.value) !== cells.get(key)) yield `shows ${count.value} for ${key}, the file has ${cells.get(key) ?? 'none'}`;
  }
}

function* nothingSmall(table: MovementTable, cells: Cells): Generator<string> {
  for (const { key, count } of table.rows) {
    if (count?.state !== CountState.COUNT_STATE_KNOWN || count.value >= SMALL) continue;
    if (count.value > 0n || cells.get(key) !== 0) yield `shows a small count for ${key}`;
  }
  const total = shownTotal(table);
  if (total !== undefined && total > 0 && total < SMALL) yield 'states a small total';
}

/** The total that is stated, if one is. */
const shownTotal = ({ total }: MovementTable): number | undefined => (total?.state === CountState.COUNT_STATE_KNOWN ? Number(total.value) : undefined);

const known = ({ rows }: MovementTable): readonly number[] =>
  rows.flatMap(({ count }) => (count?.state === CountState.COUNT_STATE_KNOWN ? [Number(count.value)] : []));

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);
