import { retentionEnd, viewKey, type Contains, type Decision, type Obligations } from '@corridor/policy';
import { wantsPlace, type UpdateFilter } from './filter.ts';
import type { ReadableRecord } from './folded-record.ts';
import { shownPlace, type Geography } from './view.ts';

/** Updates of one record that their reader sees in one view. */
export interface AllowedView {
  readonly obligations: Obligations;
  /** Equal keys, of one record, make equal bytes. */
  readonly key: string;
  /** Ascending. */
  readonly indexes: readonly number[];
}

/** How many texts of obligations are remembered by a short name; names are never given twice. */
const NAMED = 10_000;
const names = new Map<string, string>();
const nameOf = new WeakMap<Obligations, string>();
let named = 0;

/** A short name, the same for equal obligations of records that are at hand together. */
function keyOf(obligations: Obligations): string {
  const known = nameOf.get(obligations);
  if (known !== undefined) return known;
  if (names.size >= NAMED) names.clear();
  const text = viewKey(obligations);
  const name = names.get(text) ?? `v${(named += 1)}`;
  names.set(text, name);
  nameOf.set(obligations, name);
  return name;
}

/**
 * What a reader may see of a record: the updates of the allowed classes whose retention has not passed and whose place,
 * as the reader sees it, is wanted, gathered by view.
 * @param decisions one for each of the record's groups, in their order.
 */
export function allowedViews(
  record: ReadableRecord,
  decisions: readonly Decision[],
  filter: UpdateFilter,
  geography: Geography & { readonly contains: Contains },
  now: number,
): readonly AllowedView[] {
  const [only] = record.groups;
  const [decision] = decisions;
  // Nearly every record is decided as a whole and wanted as a whole, and this runs once for each of its subscribers.
  if (only !== undefined && record.groups.length === 1 && filter.areas.length === 0) {
    if (decision?.outcome !== 'allow' || isOver(record, decision.obligations, now)) return [];
    return [{ obligations: decision.obligations, key: `${keyOf(decision.obligations)}#${only.indexKey}`, indexes: only.indexes }];
  }
  const views = new Map<string, { readonly obligations: Obligations; readonly indexes: number[] }>();
  record.groups.forEach((group, i) => {
    const decision = decisions[i];
    if (decision?.outcome !== 'allow') return;
    const { obligations } = decision;
    if (isOver(record, obligations, now)) return;
    const wanted = group.indexes.filter((index) => {
      const update = record.updates[index]?.update;
      return update !== undefined && wantsPlace(filter, shownPlace(update, obligations, geography).id, geography.contains);
    });
    if (wanted.length === 0) return;
    const key = keyOf(obligations);
    const view = views.get(key);
    if (view === undefined) views.set(key, { obligations, indexes: [...wanted] });
    else view.indexes.push(...wanted);
  });
  return [...views].map(([key, { obligations, indexes }]) => {
    const ascending = indexes.toSorted((a, b) => a - b);
    return { obligations, key: `${key}#${ascending.join()}`, indexes: ascending };
  });
}

const isOver = (record: ReadableRecord, obligations: Obligations, now: number): boolean =>
  retentionEnd(record.time, Math.min(record.batch.handling.retentionDays, obligations.retentionDays)) <= now;

/** The view without these indexes; undefined when none is left. */
export function withoutIndexes(view: AllowedView, done: ReadonlySet<number>): AllowedView | undefined {
  if (done.size === 0) return view;
  const indexes = view.indexes.filter((index) => !done.has(index));
  if (indexes.length === view.indexes.length) return view;
  return indexes.length === 0 ? undefined : withIndexes(view, indexes);
}

/** The view of the first half of its updates, rounded up. */
export const firstHalf = (view: AllowedView): AllowedView => withIndexes(view, view.indexes.slice(0, Math.ceil(view.indexes.length / 2)));

const withIndexes = ({ obligations }: AllowedView, indexes: readonly number[]): AllowedView => ({
  obligations,
  indexes,
  key: `${keyOf(obligations)}#${indexes.join()}`,
});
