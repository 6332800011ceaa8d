import type { PagePosition } from '@corridor/documents';
import type { Entitlement } from '@corridor/entitlement';
import { CorridorError, type AgencyId, type SeriesId } from '@corridor/kernel';
import type { ActorRef, Decision, Purpose } from '@corridor/policy';
import type { Listed, ListPosition, UpdateRef } from '@corridor/runtime';
import { allowedViews, type AllowedView } from '../domain/allowed-views.ts';
import { EVERYTHING, wantsSeries, type UpdateFilter } from '../domain/filter.ts';
import type { ClassGroup, FoldedRecord, FoldedUpdate, ReadableRecord } from '../domain/folded-record.ts';
import { viewOf } from '../domain/view.ts';
import type { FoldedUpdates } from './folded-updates.ts';
import { archivedView, type ArchivedView, type ReadDependencies } from './get-update.ts';

/** How many records of the archive are looked at for one page before it is given out as it is. */
const LOOKED_AT = 2000;
/** How many records are read at first, and at most, at a time: one record may fill a page, or thousands show nothing. */
const FIRST_CHUNK = 2;
const CHUNK = 100;
/** Of about how many updates is asked at once whether they are the newest versions of their reports. */
const ASKED_AT_ONCE = 500;

/** The archive by time of publication, newest first. */
export interface NewestFirst {
  newest(
    series: { readonly owner: AgencyId; readonly series: SeriesId } | undefined,
    after: PagePosition | undefined,
    limit: number,
  ): Promise<{ readonly records: readonly ArchivedAt[]; readonly next?: PagePosition }>;
  /** The record that stands at a position. */
  at(position: PagePosition): Promise<ArchivedAt | undefined>;
}
interface ArchivedAt {
  readonly record: FoldedRecord;
  readonly at: PagePosition;
}

export interface ListCommand {
  readonly actor: ActorRef;
  readonly purpose: Purpose;
  readonly filter: UpdateFilter;
  /** Most updates of the page. */
  readonly size: number;
  /** Where the previous page ended. */
  readonly after: ListPosition | undefined;
}

export interface ListDependencies extends ReadDependencies {
  readonly archive: NewestFirst;
}

/** One page of what the reader may see, reports in their current version; on record before it is given out. */
export async function listUpdates(
  command: ListCommand,
  deps: ListDependencies,
): Promise<Listed<ArchivedView>> {
  const { actor, purpose } = command;
  // What was acknowledged before the call is listed.
  if (command.after === undefined) {
    await deps.updates.caughtUp();
    await deps.updates.archived();
  }
  const page = new Page(command, deps);
  const next = await page.fill();
  const refs = page.shown.flatMap(({ view: { owner, series, updates } }) => updates.map(({ id }): UpdateRef => ({ owner, series, update: id })));
  const { revision } = await deps.policy.current();
  if (refs.length > 0) await deps.book.read({ actor, purpose, shown: refs, revision });
  if (!page.stands()) throw new CorridorError('POLICY_UNCONFIRMED', 'the policy state changed meanwhile');
  return next === undefined ? { items: page.shown } : { items: page.shown, next };
}

/** What some updates of a page were shown under. */
interface Ground {
  readonly record: ReadableRecord;
  readonly entitlement: Entitlement;
  readonly groups: readonly ClassGroup[];
  readonly decisions: readonly Decision[];
}

class Page {
  readonly shown: ArchivedView[] = [];
  readonly #command: ListCommand;
  readonly #deps: ListDependencies;
  readonly #grounds: Ground[] = [];
  readonly #newest: NewestVersions;
  #left: number;

  constructor(command: ListCommand, deps: ListDependencies) {
    this.#command = command;
    this.#deps = deps;
    this.#newest = new NewestVersions(deps.updates);
    this.#left = command.size;
  }

  /** Fills the page; where it ended, undefined at the end of the archive. */
  async fill(): Promise<ListPosition | undefined> {
    const { archive } = this.#deps;
    const { after, filter, size } = this.#command;
    const begun = after?.index === undefined ? undefined : await archive.at(after);
    if (begun !== undefined) {
      this.#newest.expect([begun.record]);
      const last = await this.#take(begun.record, after?.index ?? -1);
      if (last !== undefined) return { ...begun.at, index: last };
    }
    let chunk = FIRST_CHUNK;
    let at: PagePosition | undefined = after;
    for (let looked = 0; looked < LOOKED_AT; ) {
      if (this.#left === 0 && at !== undefined) return { key: at.key, id: at.id };
      const page = await archive.newest(onlySeries(filter), at, Math.min(chunk, size));
      chunk = Math.min(2 * chunk, CHUNK);
      looked += page.records.length;
      this.#newest.expect(page.records.map(({ record }) => record));
      for (const [i, found] of page.records.entries()) {
        const last = await this.#take(found.record, -1);
        if (last !== undefined) return { ...found.at, index: last };
        at = found.at;
        const isLast = i === page.records.length - 1 && page.next === undefined;
        if (this.#left === 0 && !isLast) return at;
      }
      if (page.next === undefined) return undefined;
    }
    return at === undefined ? undefined : { key: at.key, id: at.id };
  }

  /** Whether everything on the page may still be shown. Asked last. */
  stands(): boolean {
    return this.#grounds.every(
      ({ record, entitlement, groups, decisions }) => this.#deps.updates.isLegible(record) && entitlement.holds(groups, decisions),
    );
  }

  /** Shows what it may of a record behind an index; the last index looked at when the page was full before the end. */
  async #take(record: FoldedRecord, behind: number): Promise<number | undefined> {
    const { filter } = this.#command;
    if (record.kind !== 'readable' || record.groups.length === 0 || !wantsSeries(filter, record.batch)) return undefined;
    const views = await this.#allowed(record, record.groups, filter);
    const wanted = views
      .flatMap((view) => view.indexes.map((index) => ({ index, view })))
      .filter(({ index }) => index > behind)
      .toSorted((a, b) => a.index - b.index);
    const current = new Map<AllowedView, number[]>();
    let last = behind;
    for (const { index, view } of wanted) {
      if (this.#left === 0) {
        this.#show(record, current);
        return last;
      }
      last = index;
      if (view.obligations.firewall !== undefined) await this.#takeFirewalled(record, index);
      else if (await this.#newest.has(record, index)) {
        this.#left -= 1;
        const indexes = current.get(view);
        if (indexes === undefined) current.set(view, [index]);
        else indexes.push(index);
      }
    }
    this.#show(record, current);
    return undefined;
  }

  #show(record: ReadableRecord, current: ReadonlyMap<AllowedView, readonly number[]>): void {
    for (const [{ obligations }, indexes] of current) {
      const view = viewOf(record, indexes, obligations, this.#deps.geography, 'current');
      if (view !== undefined) this.shown.push(archivedView(record, view));
    }
  }

  /**
   * A State authority finds a report where its view of it last changed, whatever later versions there are: else its
   * place in the list would tell of versions that changed only what it does not see.
   */
  async #takeFirewalled(record: ReadableRecord, index: number): Promise<void> {
    const { updates, geography, clock } = this.#deps;
    const update = record.updates[index]?.update;
    if (update === undefined) return;
    const { owner, series } = record.batch;
    const head = (await this.#newest.has(record, index)) ? { record, index } : await updates.current(owner, series, update.id);
    if (head === undefined || head === 'gone') return;
    const groups = head.record.groups.filter((group) => group.indexes.includes(head.index));
    const views = await this.#allowed(head.record, groups, EVERYTHING);
    const obligations = views.find(({ indexes }) => indexes.includes(head.index))?.obligations;
    const view = obligations === undefined ? undefined : viewOf(head.record, [head.index], obligations, geography, 'current');
    const at = view?.updates[0]?.changed.at;
    if (view === undefined || at?.partition !== record.partition || at.offset !== record.offset || at.index !== index) return;
    const archived = archivedView(head.record, view);
    if (archived.expireTime <= clock.now()) return;
    this.#left -= 1;
    this.shown.push(archived);
  }

  async #allowed(record: ReadableRecord, groups: readonly ClassGroup[], filter: UpdateFilter): Promise<readonly AllowedView[]> {
    const { entitlements, geography, clock } = this.#deps;
    const entitlement = entitlements.of(this.#command.actor, this.#command.purpose, record.batch.handling);
    const decisions = entitlement.known(groups) ?? (await entitlement.decide(groups));
    const views = allowedViews({ ...record, groups }, decisions, filter, geography, clock.now());
    if (views.length > 0) this.#grounds.push({ record, entitlement, groups, decisions });
    return views;
  }
}

/** Which updates are the newest versions of their reports: asked when the first must be known, together with those of the records behind it. */
class NewestVersions {
  readonly #updates: FoldedUpdates;
  #expected: readonly ReadableRecord[] = [];
  readonly #asked = new Set<ReadableRecord>();
  readonly #newest = new Set<FoldedUpdate>();

  constructor(updates: FoldedUpdates) {
    this.#updates = updates;
  }

  /** Says which records come next, in their order; those before them are done with. */
  expect(records: readonly FoldedRecord[]): void {
    this.#expected = records.filter((record) => record.kind === 'readable');
    this.#asked.clear();
    this.#newest.clear();
  }

  async has(record: ReadableRecord, index: number): Promise<boolean> {
    if (!this.#asked.has(record)) await this.#ask(record);
    const folded = record.updates[index];
    return folded !== undefined && this.#newest.has(folded);
  }

  async #ask(first: ReadableRecord): Promise<void> {
    const records: ReadableRecord[] = [];
    let updates = 0;
    for (const record of this.#expected.slice(this.#expected.indexOf(first))) {
      if (updates >= ASKED_AT_ONCE) break;
      records.push(record);
      updates += record.updates.length;
    }
    for (const folded of await this.#updates.newestOf(records)) this.#newest.add(folded);
    for (const record of records) this.#asked.add(record);
  }
}

function onlySeries({ series }: UpdateFilter): { readonly owner: AgencyId; readonly series: SeriesId } | undefined {
  const [only] = series;
  return only === undefined || series.length > 1 ? undefined : { owner: only.owner, series: only.series };
}
