import type { PagePosition } from '@corridor/documents';
import { CorridorError, type AgencyId, type SeriesId } from '@corridor/kernel';
import { retentionEnd, type ActorRef, type Purpose } from '@corridor/policy';
import type { UpdateRef } from '@corridor/runtime';
import { allowedViews } from '../domain/allowed-views.ts';
import { wantsSeries, type UpdateFilter } from '../domain/filter.ts';
import type { FoldedRecord, ReadableRecord } from '../domain/folded-record.ts';
import { viewOf } from '../domain/view.ts';
import type { Entitlement } from './entitlement.ts';
import type { ArchivedView, ReadDependencies } from './get-update.ts';

/** How many records of the archive are looked at for one page before it is given out as it is. */
const LOOKED_AT = 2000;
/** How many records are read at first, and at most, at a time: one record may fill a page, or thousands show nothing. */
const FIRST_CHUNK = 2;
const CHUNK = 100;
/** The archive by time of publication, newest first. */
export interface NewestFirst {
  newest(
    series: { readonly owner: AgencyId; readonly series: SeriesId } | undefined,
    after: PagePosition | undefined,
    limit: number,
  ): Promise<{ readonly records: readonly { readonly record: FoldedRecord; readonly at: PagePosition }[]; readonly next?: PagePosition }>;
}

export interface ListCommand {
  readonly actor: ActorRef;
  readonly purpose: Purpose;
  readonly filter: UpdateFilter;
  /** Most updates of the page. */
  readonly size: number;
  /** Where the previous page ended. */
  readonly after: PagePosition | undefined;
}

export interface ListDependencies extends ReadDependencies {
  readonly archive: NewestFirst;
}

/** One page of what the reader may see, reports in their current version; on record before it is given out. */
export async function listUpdates(
  command: ListCommand,
  deps: ListDependencies,
): Promise<{ readonly shown: readonly ArchivedView[]; readonly next?: PagePosition }> {
  const { actor, purpose, filter, size } = command;
  const entitlement = deps.entitlements.of(actor, purpose);
  const shown: ArchivedView[] = [];
  let count = 0;
  let looked = 0;
  let { after } = command;
  let ended = false;
  let chunk = FIRST_CHUNK;
  while (count < size && looked < LOOKED_AT && !ended) {
    const page = await deps.archive.newest(onlySeries(filter), after, Math.min(chunk, size));
    chunk = Math.min(2 * chunk, CHUNK);
    for (const { record, at } of page.records) {
      if (count >= size) break;
      const views = record.kind === 'readable' ? await look(record, entitlement, filter, size - count, deps) : [];
      shown.push(...views);
      count += views.reduce((n, { view }) => n + view.updates.length, 0);
      after = at;
    }
    looked += page.records.length;
    ended = page.next === undefined && (page.records.length === 0 || after === page.records.at(-1)?.at);
  }
  const refs = shown.flatMap(({ view: { owner, series, updates } }) => updates.map(({ id }): UpdateRef => ({ owner, series, update: id })));
  if (refs.length > 0) await deps.book.read({ actor, purpose, shown: refs, revision: entitlement.revision });
  if (refs.length > 0 && !entitlement.stands()) throw new CorridorError('POLICY_UNCONFIRMED', 'the policy state changed meanwhile');
  return ended || after === undefined ? { shown } : { shown, next: after };
}

async function look(
  record: ReadableRecord,
  entitlement: Entitlement,
  filter: UpdateFilter,
  most: number,
  { updates, geography, clock }: ListDependencies,
): Promise<readonly ArchivedView[]> {
  if (record.groups.length === 0 || !wantsSeries(filter, record.batch)) return [];
  const decisions = entitlement.known(record.groups) ?? (await entitlement.decide(record.groups));
  const shown: ArchivedView[] = [];
  let left = most;
  for (const { obligations, indexes } of allowedViews(record, decisions, filter, geography, clock.now())) {
    const current: number[] = [];
    for (const index of indexes) if (await isCurrent(record, index, updates)) current.push(index);
    const view = viewOf(record, current.slice(0, left), obligations, geography, 'current');
    if (view === undefined) continue;
    left -= view.updates.length;
    shown.push({ view, publishTime: record.time, expireTime: retentionEnd(record.time, view.handling.retentionDays) });
  }
  return shown;
}

async function isCurrent(record: ReadableRecord, index: number, updates: ReadDependencies['updates']): Promise<boolean> {
  const update = record.updates[index]?.update;
  if (update === undefined) return false;
  const head = await updates.headOf(record.batch.owner, record.batch.series, update.id);
  return head?.at.partition === record.partition && head.at.offset === record.offset && head.at.index === index;
}

function onlySeries({ series }: UpdateFilter): { readonly owner: AgencyId; readonly series: SeriesId } | undefined {
  const [only] = series;
  return only === undefined || series.length > 1 ? undefined : { owner: only.owner, series: only.series };
}
