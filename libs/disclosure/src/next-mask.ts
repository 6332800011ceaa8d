/**
 * # How small counts stay hidden
 *
 * A known count of 1 to t-1 is *small* (t: the series' threshold). Zero is shown, unknown stays unknown. The promise: a
 * recipient who holds every version of a thread in every view, who knows which cells kept their value from version to
 * version, and who knows this text, cannot bound a small count more tightly than [1, t-1].
 *
 * **Sources.** Primary and secondary cell suppression, interval protection and the audit by linear programming: Hundepool
 * et al., *Handbook on Statistical Disclosure Control* (2nd ed. 2024; Wiley 2012), sections on frequency and magnitude
 * tables; Cox, "Suppression methodology and statistical disclosure control", JASA 75 (1980) 377-385; Giessing,
 * "Survey on methods for tabular data protection in ARGUS" (2004). That suppression must hold against a reader of the
 * algorithm: Wong, Fu, Wang, Pei, "Minimality attack in privacy preserving data publishing", VLDB 2007; that a decision
 * to withhold should follow from what is known anyway: Kenthapadi, Mishra, Nissim, "Simulatable auditing", PODS 2005.
 *
 * **Why not "the smallest large row" as the complement.** It is the textbook choice, and it fails a reader of the
 * algorithm: with a small a merged with the smallest large c, and m the smallest row still shown, c <= m, so a >= sum-m;
 * where the table is dense that is a itself, give or take one. So is "merge the small rows when their sum is big enough":
 * OTHER = 18 out of two rows under t = 10 says 9 and 9.
 *
 * **Rule for the first hiding.** Let g = 2t (the *guard*).
 * 1. No small row: nothing is hidden.
 * 2. The *band* is every row from 1 to g-1. With two or more (k), the band is hidden, and its sum s may be seen when
 *    t+k-1 <= s <= (k-1)(g-1)+1.
 * 3. With one, which is then small: in the first version it is hidden together with one *complement*, the first row by
 *    key in the lowest occupied of the steps [g, 4g), [4g, 16g), ...; in step [L, U), s may be seen when L+t <= s <= U.
 *    Without a complement, and in later versions, it is hidden alone and no sum may be seen.
 * 4. A row that is hidden whatever its value (a publisher's OTHER in a merge, a row hidden in an earlier version) is
 *    *free* and joins the group. With two or more, s may be seen when s >= t+k-1 (k: the whole group). With one, beside b
 *    in the band, when besides s is not strictly between (b-1)(g-1)+t and b(g-1)+t; with one alone, never.
 * 5. In later versions every recipient knows earlier values that were shown and that a fresh value therefore is not. A
 *    group of two may not be seen when such a value is s-1 or s-(t-1); in larger ones the upper bounds in 2 and 4 drop by
 *    two for every such value (in the band's range, or of a free row); with more than (t-2)/2 of one cell, none is seen.
 *
 * The guard is no part of the protection (it holds with g = t): a wider one hides more rows and releases more sums. Of
 * 1,416 monthly tables of detections by route, mode and nationality under t = 10, g = t leaves a total to 93 % of the
 * persons and hides 57 % of the rows; 2t: 99 % and 69 %; 3t: 99 % and 74 %.
 *
 * *Why that suffices.* Each decision is a function of who is in the group, of s and of what was shown, so all worlds
 * with the same group and the same s give the same release. Take a small member. To put it at 1 the others absorb the
 * rest: in 2 within the band (s-1 <= (k-1)(g-1)), in 3 within the step, in 4 by another free row without bound, or, for
 * the only free row, within the band; above the gap the only free row cannot be small at all. To put it at t-1 the others
 * give: they keep at least 1 each, in 3 the complement at least L. In either world the same rows are in the band, the
 * step and the group: the member itself is small, so the guard is still called for. When s may not be seen, the worlds in
 * which the others are at their least give the same answer with the member at 1 and at t-1: that is why the lower bounds
 * are one higher than interval protection alone asks for, and why 5 touches only upper bounds (what was shown is zero or
 * at least t, so it is never among the least). The tests enumerate all worlds of small tables.
 *
 * **Later versions.** Hidden rows stay hidden, and in the same form. The sum may be seen again only
 * (i) when the group and all its values are those of the version before and it was seen then: nothing new is said; or
 * (ii) when every value in the group is *fresh*, unlike every earlier value of its cell, and the rule above holds. Then
 * its equation shares no unknown with any other, so the versions cannot be subtracted. Otherwise neither sum nor total is shown, and only what is newly small is added to the hidden rows.
 * A row shown earlier with its present value protects nothing: it is no member of a band. A vanished row is a change to
 * zero. A retraction has no table and releases nothing.
 *
 * **Totals.** The total is shown when all rows are known and the hidden sum may be seen; the residual of rows that are
 * unknown or suppressed by their publisher could itself be small. A total without rows is one cell: small, it is
 * suppressed, and stays so.
 *
 * **Bounds of the promise.** It covers one thread. Tables of other threads with the same total (another breakdown, a
 * roll-up) must not be released beside it unless their totals are treated as one. When the threshold rises, what was
 * released under the lower one stays known.
 */
import { CorridorError } from '@corridor/kernel';
import { valueOf, type Mask } from './mask.ts';
import { remember, type MaskMemory } from './memory.ts';
import { byCodeUnits, OTHER, type Table } from './table.ts';

/** The threshold a series has unless it states another: counts of 1 to 9 are small. */
export const DEFAULT_THRESHOLD = 10;
/** The lowest threshold a series may state. */
export const MIN_THRESHOLD = 5;

export interface MaskOptions {
  /** Positive counts below it are small. Whole, at least 5; 10 when not given. */
  readonly threshold?: number;
}

/** Everything below it that is positive joins a hidden group; twice the threshold. */
export const guardOf = (threshold: number): number => 2 * threshold;

/**
 * The mask of a thread's next version, and what to keep for the one after. A pure function: same versions, same masks.
 * @param memory of the version before; `undefined` at the first.
 * @param table has passed `validateTable`.
 * @throws CorridorError INVALID_ARGUMENT when the threshold is below 5 or no whole number. A threshold below the
 * thread's highest so far counts as that one.
 */
export function nextMask(
  memory: MaskMemory | undefined,
  table: Table,
  options: MaskOptions = {},
): { readonly mask: Mask; readonly memory: MaskMemory } {
  const threshold = thresholdOf(memory, options);
  const mask = decide(memory, table, threshold);
  return { mask, memory: remember(memory, table, mask, threshold) };
}

/** The mask alone, where no later version is at hand: as `nextMask` gives it. */
export function maskFor(memory: MaskMemory | undefined, table: Table, options: MaskOptions = {}): Mask {
  return decide(memory, table, thresholdOf(memory, options));
}

const thresholdOf = (memory: MaskMemory | undefined, { threshold = DEFAULT_THRESHOLD }: MaskOptions): number =>
  Math.max(checkThreshold(threshold), memory?.threshold ?? 0);

/** The masks of all versions of a thread, oldest first, as `nextMask` gives them one by one. */
export function maskThread(versions: readonly Table[], options: MaskOptions = {}): readonly Mask[] {
  let memory: MaskMemory | undefined;
  return versions.map((table) => {
    const next = nextMask(memory, table, options);
    memory = next.memory;
    return next.mask;
  });
}

/** The threshold itself. @throws CorridorError INVALID_ARGUMENT when it is below 5 or no whole number. */
export function checkThreshold(threshold: number): number {
  if (!Number.isSafeInteger(threshold) || threshold < MIN_THRESHOLD) {
    throw new CorridorError('INVALID_ARGUMENT', `a threshold is a whole number of at least ${MIN_THRESHOLD}`, { field: 'threshold' });
  }
  return threshold;
}

const isSmall = (value: number, threshold: number): boolean => value > 0 && value < threshold;

function decide(past: MaskMemory | undefined, table: Table, threshold: number): Mask {
  if (past?.mask.form === 'withheld' || (past !== undefined && past.breakdown !== table.breakdown)) {
    return { form: 'withheld', hidden: [], sum: false, total: false };
  }
  const hiddenBefore = past?.mask.hidden ?? [];
  if (table.rows.length === 0) return totalAlone(past, hiddenBefore, table, threshold);

  const complete = table.rows.every((row) => row.count.kind === 'known') && !(past?.totalHidden ?? false);
  const newlySmall = knownRows(table).filter((c) => isSmall(c.value, threshold) && !hiddenBefore.includes(c.key)).map((c) => c.key);
  if (hiddenBefore.length === 0 && newlySmall.length === 0) return { form: 'open', hidden: [], sum: false, total: complete };

  const form = formOf(table);
  const ownOther = form === 'merge' && !hiddenBefore.includes(OTHER) && table.rows.some((row) => row.key === OTHER);
  const free = ownOther ? [...hiddenBefore, OTHER] : hiddenBefore;
  const group = groupOf(past, table, threshold, free, newlySmall);
  return { form, hidden: [...group.members].sort(byCodeUnits), sum: group.sum, total: complete && group.sum };
}

const formOf = (table: Table): 'merge' | 'suppress' => (table.breakdown === 'nationality' ? 'merge' : 'suppress');

function totalAlone(past: MaskMemory | undefined, hidden: readonly string[], table: Table, threshold: number): Mask {
  const { total } = table;
  const small = total?.kind === 'known' && isSmall(total.value, threshold);
  const shown = !small && hidden.length === 0 && !(past?.totalHidden ?? false);
  return { form: hidden.length === 0 ? 'open' : formOf(table), hidden, sum: false, total: shown };
}

interface KnownRow {
  readonly key: string;
  readonly value: number;
}

/** The rows whose count is known. */
export const knownRows = (table: Table): readonly KnownRow[] =>
  table.rows.flatMap(({ key, count }) => (count.kind === 'known' ? [{ key, value: count.value }] : []));

interface Group {
  readonly members: Iterable<string>;
  readonly sum: boolean;
}

/** Who is hidden in this version, and whether their sum may be seen: the rule in the heading of this file. */
function groupOf(
  past: MaskMemory | undefined,
  table: Table,
  threshold: number,
  free: readonly string[],
  newlySmall: readonly string[],
): Group {
  if (newlySmall.length === 0 && isAsBefore(past, table, free)) return { members: free, sum: past?.mask.sum ?? false };
  const fresh = freshness(past, table);
  if (![...free, ...newlySmall].every(fresh)) return { members: new Set([...free, ...newlySmall]), sum: false };

  const inBand = (c: KnownRow): boolean => c.value > 0 && c.value < guardOf(threshold) && !free.includes(c.key) && fresh(c.key);
  const band = newlySmall.length === 0 ? [] : knownRows(table).filter(inBand).map((c) => c.key);
  const members = [...free, ...band];
  const [lone] = members;
  if (members.length === 1 && lone !== undefined) return past === undefined ? withComplement(table, threshold, lone) : { members, sum: false };
  const sum = members.reduce((s, key) => s + (valueOf(table, key) ?? 0), 0);
  const shown = (key: string): readonly number[] =>
    (past?.cells.find((c) => c.key === key)?.shown ?? []).filter((v) => v >= threshold && (free.includes(key) || v < guardOf(threshold)));
  return { members, sum: maySeeSum(sum, threshold, free.map(shown), band.map(shown)) };
}

function isAsBefore(past: MaskMemory | undefined, table: Table, group: readonly string[]): boolean {
  if (past === undefined || group.length !== past.mask.hidden.length) return false;
  const last = new Map(past.cells.map((c) => [c.key, c.last]));
  return group.every((key) => valueOf(table, key) !== undefined && valueOf(table, key) === last.get(key));
}

/** Whether a cell's value is known and unlike all its earlier ones; before its first version a later row was zero. */
function freshness(past: MaskMemory | undefined, table: Table): (key: string) => boolean {
  const seen = new Map((past?.cells ?? []).map((c) => [c.key, c.values]));
  return (key) => {
    const value = valueOf(table, key);
    if (value === undefined) return false;
    return !(seen.get(key) ?? (past === undefined ? [] : [0])).includes(value);
  };
}

function withComplement(table: Table, threshold: number, lone: string): Group {
  const complement = complementOf(knownRows(table).filter((c) => c.key !== lone), threshold);
  if (complement === undefined) return { members: [lone], sum: false };
  const sum = (valueOf(table, lone) ?? 0) + complement.value;
  const sumShown = sum >= complement.from + threshold && sum <= complement.below;
  return { members: [lone, complement.key], sum: sumShown };
}

interface Complement extends KnownRow {
  /** Its step: at least `from`, less than `below`. */
  readonly from: number;
  readonly below: number;
}

/**
 * The row that would be hidden beside one small row in a thread's first version: the first by key in the lowest occupied
 * step. Taking rows away never makes any other of the remaining rows the complement of the full table: if the full
 * table's complement is among the remaining rows, it is theirs too (the firewall rests on that).
 */
export function complementOf(rows: readonly KnownRow[], threshold: number): Complement | undefined {
  const large = rows.filter((c) => c.value >= guardOf(threshold));
  if (large.length === 0) return undefined;
  const least = large.reduce((m, c) => Math.min(m, c.value), Infinity);
  let from = guardOf(threshold);
  while (least >= 4 * from) from *= 4;
  const below = 4 * from;
  const [first] = large.filter((c) => c.value < below).sort((a, b) => byCodeUnits(a.key, b.key));
  return first === undefined ? undefined : { ...first, from, below };
}

/** Points 2, 4 and 5 of the rule; each member is given as its earlier shown values. */
function maySeeSum(
  sum: number,
  threshold: number,
  free: readonly (readonly number[])[],
  band: readonly (readonly number[])[],
): boolean {
  const group = [...free, ...band];
  if (sum < threshold + group.length - 1) return false;
  if (group.some((shown) => shown.length > (threshold - 2) / 2)) return false;
  if (group.length === 2 && group.some((shown) => shown.includes(sum - 1) || shown.includes(sum - threshold + 1))) return false;

  const top = guardOf(threshold) - 1;
  const margin = group.length === 2 ? 0 : 2 * group.reduce((n, shown) => n + shown.length, 0);
  if (free.length === 0) return sum <= (band.length - 1) * top + 1 - margin;
  return free.length >= 2 || sum <= (band.length - 1) * top + threshold - margin || sum >= band.length * top + threshold;
}
