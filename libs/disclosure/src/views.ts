import { canonicalJson, toHex } from '@corridor/kernel';
import { known, SUPPRESSED, UNKNOWN, type Count, type Table } from './table.ts';

/** One version of a thread as a view shows it: its table, and a digest or text of all else that the view shows. */
export interface ViewState {
  /** `'empty'`: the view shows nothing of this version; also for a retraction. */
  readonly table: Table | 'empty';
  /** Whatever else the recipient sees (place, period, handling ...), as a text that is equal when the content is. */
  readonly rest: string;
}

/** What a recipient of a view gets of one version of the thread. Numbers are the view's own, from 1 without gaps. */
export type ViewVersion =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'update'; readonly version: number }
  | { readonly kind: 'retraction'; readonly version: number };

/**
 * For each version of a thread, what this view sends: nothing when the view is unchanged or has never shown anything, a
 * retraction when it showed something and now shows nothing, else an update. Whoever sees only the view cannot tell how
 * many versions the thread has.
 */
export function viewVersions(states: readonly ViewState[]): readonly ViewVersion[] {
  let shown = 'empty';
  let version = 0;
  return states.map(({ table, rest }): ViewVersion => {
    const next = table === 'empty' ? 'empty' : toHex(canonicalJson({ table, rest }));
    if (next === shown) return { kind: 'nothing' };
    shown = next;
    version += 1;
    return { kind: next === 'empty' ? 'retraction' : 'update', version };
  });
}

/**
 * A (masked) table without its breakdown: its total, or the sum of its rows where it states none. Any cell that is
 * suppressed makes that sum suppressed, else any unknown one makes it unknown.
 */
export function dropBreakdown(table: Table): Table {
  return { breakdown: 'none', rows: [], total: table.total ?? sumOfRows(table) };
}

function sumOfRows(table: Table): Count {
  if (table.rows.some((row) => row.count.kind === 'suppressed')) return SUPPRESSED;
  if (table.rows.length === 0) return UNKNOWN;
  let sum = 0;
  for (const { count } of table.rows) {
    if (count.kind !== 'known') return UNKNOWN;
    sum += count.value;
  }
  return known(sum);
}
