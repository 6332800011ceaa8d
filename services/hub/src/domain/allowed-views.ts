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

const viewKeys = new WeakMap<Obligations, string>();

function keyOf(obligations: Obligations): string {
  let key = viewKeys.get(obligations);
  if (key === undefined) {
    key = viewKey(obligations);
    viewKeys.set(obligations, key);
  }
  return key;
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
  const views = new Map<string, { readonly obligations: Obligations; readonly indexes: number[] }>();
  record.groups.forEach((group, i) => {
    const decision = decisions[i];
    if (decision?.outcome !== 'allow') return;
    const { obligations } = decision;
    if (retentionEnd(record.time, Math.min(record.batch.handling.retentionDays, obligations.retentionDays)) <= now) return;
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

/** The view without these indexes; undefined when none is left. */
export function withoutIndexes(view: AllowedView, done: ReadonlySet<number>): AllowedView | undefined {
  if (done.size === 0) return view;
  const indexes = view.indexes.filter((index) => !done.has(index));
  if (indexes.length === view.indexes.length) return view;
  return indexes.length === 0 ? undefined : { ...view, indexes, key: `${keyOf(view.obligations)}#${indexes.join()}` };
}
