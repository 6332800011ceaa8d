import {
  applyMask,
  dropBreakdown,
  firewallExact,
  firewallTable,
  viewVersions,
  type Table,
  type ViewState,
} from '@corridor/disclosure';
import type { AgencyId, SeriesId, Uuid } from '@corridor/kernel';
import { originsOf } from '@corridor/places';
import { tightened, type Category, type Handling, type Obligations, type Period, type Precision } from '@corridor/policy';
import { asEarlier, type EarlierVersion, type FoldedUpdate, type ReadableRecord } from './folded-record.ts';
import type { VersionPlace } from './thread.ts';
import { tableOf, type Content, type Place, type Update } from './update.ts';

/** What a view needs to know of places. */
export interface Geography {
  /** The place made as coarse as `precision`; a point goes unless the precision is `point`. */
  coarsen(place: Place, precision: Precision): Place;
  /** Whether a row key is one stated nationality. */
  isNationality(key: string): boolean;
}

/** One version of one report as its reader sees it. */
export interface UpdateView {
  readonly id: Uuid;
  /** Counted in the reader's own view, from 1. */
  readonly version: number;
  readonly place: Place;
  readonly period: Period;
  readonly content: Content;
  /** What the total of its table is the total of. */
  readonly totalBasis: 'none' | 'all' | 'shown-rows';
  /**
   * The version that last changed what this reader sees, ms since the epoch. Later versions that leave the view as it was
   * must not show, not even by a newer time of publication. No part of the bytes.
   */
  readonly changed: { readonly at: VersionPlace; readonly time: number };
}

/** The updates of one record as their reader sees them. Equal obligations and equal indexes make equal views. */
export interface BatchView {
  readonly owner: AgencyId;
  readonly series: SeriesId;
  readonly category: Category;
  readonly handling: Handling;
  readonly form: 'masked' | 'exact';
  readonly ownNationalsNeverIncluded: boolean;
  readonly watermark?: AgencyId;
  readonly updates: readonly UpdateView[];
}

/**
 * The view of some updates of a record under obligations; undefined when it shows nothing, and then nothing is sent.
 * @param indexes of accepted updates, ascending.
 * @param of `change`: what a subscriber is sent, nothing where a version leaves the view as it was; `current`: what a
 * reader of the archive is shown, the view as it stands.
 */
export function viewOf(
  record: ReadableRecord,
  indexes: readonly number[],
  obligations: Obligations,
  geography: Geography,
  of: 'change' | 'current' = 'change',
): BatchView | undefined {
  const updates: UpdateView[] = [];
  for (const index of indexes) {
    const folded = record.updates[index];
    if (folded?.outcome.kind !== 'accepted') continue;
    const view =
      obligations.firewall === undefined
        ? openView(record, index, folded, folded.outcome.version, obligations, geography)
        : firewallView(record, index, folded, obligations, obligations.firewall, geography, of);
    if (view !== undefined) updates.push(view);
  }
  if (updates.length === 0) return undefined;
  const { owner, series, category, handling } = record.batch;
  return {
    owner,
    series,
    category,
    handling: tightened(handling, obligations),
    form: obligations.form,
    ownNationalsNeverIncluded: obligations.firewall !== undefined,
    ...(obligations.watermark === undefined ? {} : { watermark: obligations.watermark }),
    updates,
  };
}

function openView(
  record: ReadableRecord,
  index: number,
  { update, mask }: FoldedUpdate,
  number: number,
  obligations: Obligations,
  geography: Geography,
): UpdateView | undefined {
  const version = asEarlier(record, record.batch, update, index);
  const table = tableOf(update.content);
  if (table === undefined) return shown(version, number, obligations, geography, update.content);
  let seen = table;
  if (update.content.kind === 'movement' && obligations.form === 'masked') {
    if (mask === undefined) return undefined;
    seen = applyMask(table, mask);
  }
  if (obligations.withoutBreakdown) seen = dropBreakdown(seen);
  return shown(version, number, obligations, geography, withTable(update.content, seen));
}

/** The view of a State authority: its own count of versions, each moving only when what it shows has changed. */
function firewallView(
  record: ReadableRecord,
  index: number,
  folded: FoldedUpdate,
  obligations: Obligations,
  hidden: readonly string[],
  geography: Geography,
  of: 'change' | 'current',
): UpdateView | undefined {
  if (folded.earlier === 'gone') return undefined;
  const origins = new Set(hidden.flatMap((state) => [...originsOf(state)]));
  const thread: EarlierVersion[] = [...folded.earlier, asEarlier(record, record.batch, folded.update, index)];
  const views = thread.map((version, last): UpdateView | 'empty' => {
    const content = firewalled(thread.slice(0, last + 1), origins, obligations, geography);
    return content === 'empty' ? 'empty' : shown(version, 0, obligations, geography, content);
  });
  const versions = viewVersions(views.map((view, i): ViewState => stateOf(view, thread[i], obligations)));
  const last = of === 'change' ? versions.length - 1 : versions.findLastIndex((version) => version.kind !== 'nothing');
  const [sent, version, view] = [versions[last], thread[last], views[last]];
  if (sent === undefined || sent.kind === 'nothing' || version === undefined) return undefined;
  if (sent.kind === 'retraction') return shown(version, sent.version, obligations, geography, { kind: 'retraction', reason: '' });
  return view === undefined || view === 'empty' ? undefined : { ...view, version: sent.version };
}

/** What a State authority may see of the last version of a thread; `empty` when that is nothing. */
function firewalled(
  thread: readonly EarlierVersion[],
  origins: ReadonlySet<string>,
  obligations: Obligations,
  { isNationality }: Geography,
): Content | 'empty' {
  const last = thread.at(-1);
  if (last === undefined) return 'empty';
  const { content } = last.update;
  if (content.kind === 'retraction') return 'empty';
  const table = tableOf(content);
  if (table === undefined) return 'empty';
  if (content.kind === 'movement') {
    const seen = obligations.form === 'exact' ? firewallExact(table, { origins, isNationality }) : masked(thread, origins, isNationality);
    if (seen === 'empty') return 'empty';
    return withTable(content, obligations.withoutBreakdown ? dropBreakdown(seen) : seen);
  }
  // That a rescue or a crisis happens says nothing of nationals; people whose nationality is not stated are left out.
  const people = firewallExact(table, { origins, isNationality });
  const seen: Table = people === 'empty' ? NO_PEOPLE : obligations.withoutBreakdown ? dropBreakdown(people) : people;
  // Free text may name what the rows must not tell.
  return withTable(content.kind === 'crisis' ? { ...content, description: '' } : content, seen);
}

function masked(thread: readonly EarlierVersion[], origins: ReadonlySet<string>, isNationality: (key: string) => boolean): Table | 'empty' {
  const tables: Table[] = [];
  const threshold: number[] = [];
  for (const version of thread) {
    const table = tableOf(version.update.content);
    if (table === undefined) continue;
    tables.push(table);
    threshold.push(version.threshold);
  }
  return firewallTable(tables, { origins, isNationality, threshold });
}

/** Everything that the view shows of a version, so that two states are equal when the reader sees no difference. */
function stateOf(view: UpdateView | 'empty', version: EarlierVersion | undefined, obligations: Obligations): ViewState {
  if (view === 'empty' || version === undefined) return { table: 'empty', rest: '' };
  const { place, period, content } = view;
  const rest = [withTable(content, NO_PEOPLE), place, period, version.category, tightened(version.handling, obligations)];
  return { table: tableOf(content) ?? NO_PEOPLE, rest: JSON.stringify(rest) };
}

const NO_PEOPLE: Table = { breakdown: 'none', rows: [] };

function withTable(content: Content, table: Table): Content {
  switch (content.kind) {
    case 'movement':
      return { ...content, table };
    case 'rescue':
    case 'crisis':
      return { ...content, people: table };
    case 'retraction':
      return content;
  }
}

/** One version as it is shown. */
function shown(
  { update, at, time }: Pick<EarlierVersion, 'update' | 'at' | 'time'>,
  version: number,
  obligations: Obligations,
  geography: Geography,
  content: Content,
): UpdateView {
  const basis = obligations.firewall === undefined ? 'all' : 'shown-rows';
  return {
    id: update.id,
    version,
    place: shownPlace(update, obligations, geography),
    period: update.period,
    content: content.kind === 'rescue' ? rescuePlaces(content, obligations.precision, geography) : content,
    totalBasis: tableOf(content)?.total === undefined ? 'none' : basis,
    changed: { at, time },
  };
}

/** The place as the reader sees it: positions of rescues and crises are never masked; others are as coarse as they must be. */
export const shownPlace = ({ place, content }: Update, { precision }: Obligations, geography: Pick<Geography, 'coarsen'>): Place =>
  content.kind === 'rescue' || content.kind === 'crisis' ? place : geography.coarsen(place, precision);

function rescuePlaces(content: Content & { kind: 'rescue' }, precision: Precision, geography: Geography): Content {
  if (content.placeOfSafety === undefined) return content;
  return { ...content, placeOfSafety: geography.coarsen(content.placeOfSafety, precision) };
}
