import { checkThreshold, complementOf, guardOf, knownRows } from './next-mask.ts';
import { byCodeUnits, known, OTHER, UNKNOWN, type Count, type Row, type Table } from './table.ts';

/** What the total of a firewalled table is the sum of; every such view says so. */
export const FIREWALL_TOTAL_BASIS = 'shown rows';

/** Whose rows a State authority or regional body must not see, and which keys are nationalities at all. */
export interface Firewall {
  /** The State itself, or the members of the body: ISO 3166-1 alpha-3. */
  readonly origins: ReadonlySet<string>;
  /** Whether a key is one stated nationality: not `UNK`, not `OTHER`, not a group. */
  readonly isNationality: (key: string) => boolean;
  /** The series' threshold, or one per version where it has risen. */
  readonly threshold: number | readonly number[];
}

/**
 * The latest version of a thread as a State authority or regional body may see it under a masked clause; `'empty'` when
 * there is nothing to send, not even that the thread exists.
 *
 * Built from the other States' rows alone: a row is shown when it is a stated nationality outside `origins`, was in no
 * version so far from 1 to g-1 (g: the guard, twice the threshold), and is not the complement of the first version as
 * computed without the origins' rows. Zero and unknown are shown as such. The total is the sum of the shown rows and
 * nothing else. All of this stays so in later versions: the rows left out only grow.
 *
 * *It never depends on the origins' counts*: no step reads one; a table with other, fewer or more rows of the origins
 * gives the same bytes.
 *
 * *It is part of the general masked table, whatever the origins' counts*: the general mask (next-mask.ts) hides, apart
 * from rows small or in a band, hence from 1 to g-1 in some version, only the publisher's `OTHER`, rows hidden before,
 * and in the first version one complement. If that complement is no row of the origins, it is the complement of the
 * rows without them, since taking rows away leaves the lowest step and the first key in it to those that remain. So no
 * row shown here is hidden there, and this view tells nothing the general one does not.
 * @param thread all versions up to the wanted one, oldest first; each has passed `validateTable`.
 */
export function firewallTable(thread: readonly Table[], firewall: Firewall): Table | 'empty' {
  const latest = thread.at(-1);
  if (latest === undefined || thread.some((table) => table.breakdown !== 'nationality')) return 'empty';
  const leftOut = new Set<string>();
  let threshold = 0;
  thread.forEach((table, version) => {
    threshold = Math.max(threshold, thresholdAt(firewall.threshold, version));
    const others = knownRows(table).filter((c) => !firewall.origins.has(c.key) && c.key !== OTHER);
    for (const { key, value } of others) if (value > 0 && value < guardOf(threshold)) leftOut.add(key);
    const complement = version === 0 ? complementOf(others, threshold) : undefined;
    if (complement !== undefined) leftOut.add(complement.key);
  });
  return ofShownRows(othersOf(latest, firewall).filter((row) => !leftOut.has(row.key)));
}

/**
 * The exact form of the same view, for a clause that grants exactness: every stated nationality outside `origins` as
 * published, and as total the sum of these rows. `'empty'` when no such row has a known count.
 */
export function firewallExact(table: Table, firewall: Pick<Firewall, 'origins' | 'isNationality'>): Table | 'empty' {
  return table.breakdown === 'nationality' ? ofShownRows(othersOf(table, firewall)) : 'empty';
}

function thresholdAt(threshold: number | readonly number[], version: number): number {
  return checkThreshold(typeof threshold === 'number' ? threshold : (threshold[version] ?? Number.NaN));
}

const othersOf = (table: Table, { origins, isNationality }: Pick<Firewall, 'origins' | 'isNationality'>): readonly Row[] =>
  table.rows.filter(({ key }) => key !== OTHER && !origins.has(key) && isNationality(key));

function ofShownRows(rows: readonly Row[]): Table | 'empty' {
  if (!rows.some((row) => row.count.kind === 'known')) return 'empty';
  return { breakdown: 'nationality', rows: rows.toSorted((a, b) => byCodeUnits(a.key, b.key)), total: sumOf(rows) };
}

function sumOf(rows: readonly Row[]): Count {
  let sum = 0;
  for (const { count } of rows) {
    if (count.kind !== 'known') return UNKNOWN;
    sum += count.value;
  }
  return known(sum);
}
