import { uuidTime } from '@corridor/kernel';
import { isRepeat, maskOf } from '../domain/fold.ts';
import { asEarlier, type EarlierVersion, type FoldedRecord, type FoldedUpdate, type ReadableRecord } from '../domain/folded-record.ts';
import { RecentReports } from '../domain/recent-reports.ts';
import { reportKey } from '../domain/report.ts';
import { arrive, type Outcome, type ThreadHead } from '../domain/thread.ts';
import type { Update, UpdateBatch } from '../domain/update.ts';
import type { Archive } from './archive.ts';
import type { RecordsAtHand } from './records-at-hand.ts';

/** Where a record stands that is being folded. */
export type Place = Pick<FoldedRecord, 'partition' | 'offset' | 'id' | 'time' | 'size'>;

/** Whether a record may still be read: its key may have been destroyed since it was folded. */
export type Legible = (record: ReadableRecord) => Promise<boolean>;

/** What the updates of a record, taken one after the other, have come to so far. */
interface Staged {
  readonly batch: UpdateBatch;
  readonly place: Place;
  readonly heads: Map<string, { readonly time: number; readonly head: ThreadHead }>;
  readonly updates: FoldedUpdate[];
}

/** Applies the rule of the fold to the updates of a record, with what memory, records at hand and archive know of reports. */
export class ReportFold {
  readonly #archive: Archive;
  readonly #atHand: RecordsAtHand;
  readonly #isLegible: Legible;
  readonly #recent: RecentReports;
  #newestId: number;

  /** @param memory how many reports' heads each generation of the memory holds. @param newestId highest time of an id seen before. */
  constructor(archive: Archive, atHand: RecordsAtHand, isLegible: Legible, memory: number, newestId: number) {
    this.#archive = archive;
    this.#atHand = atHand;
    this.#isLegible = isLegible;
    this.#recent = new RecentReports(memory, newestId);
    this.#newestId = newestId;
  }

  /** The highest time at the start of an id that was ever seen, ms. */
  get newestId(): number {
    return this.#newestId;
  }

  /** Folds the updates of a record and remembers their reports. */
  async take(batch: UpdateBatch, place: Place): Promise<readonly FoldedUpdate[]> {
    const { heads, updates } = await this.#stage(batch, place);
    for (const [report, { time, head }] of heads) {
      this.#recent.put(report, time, head);
      if (time > this.#newestId) this.#newestId = time;
    }
    return updates;
  }

  /** What the updates of a record would come to; nothing is remembered. */
  async attempt(batch: UpdateBatch, place: Place): Promise<readonly FoldedUpdate[]> {
    return (await this.#stage(batch, place)).updates;
  }

  /** The head of a report, by its key and the time its id starts with, among the records before an offset of its partition. */
  async #head(report: string, time: number, before: number): Promise<ThreadHead | undefined> {
    const known = this.#recent.find(report, time);
    if (known === 'unseen') return undefined;
    return known === 'unknown' ? this.#archive.head(report, before) : known;
  }

  /** The updates of these records that are the newest versions of their reports. What memory does not know, the archive is asked at once. */
  async newestOf(records: readonly ReadableRecord[]): Promise<ReadonlySet<FoldedUpdate>> {
    const newest = new Set<FoldedUpdate>();
    const unknown: { readonly report: string; readonly version: number; readonly folded: FoldedUpdate }[] = [];
    for (const { batch, partition, offset, updates } of records) {
      for (const [index, folded] of updates.entries()) {
        const { update, outcome } = folded;
        if (outcome.kind !== 'accepted') continue;
        const report = reportKey(batch.owner, batch.series, update.id);
        const head = this.#recent.find(report, uuidTime(update.id));
        if (head === 'unknown') unknown.push({ report, version: outcome.version, folded });
        else if (head !== 'unseen' && head.at.partition === partition && head.at.offset === offset && head.at.index === index) newest.add(folded);
      }
    }
    if (unknown.length > 0) for (const { folded } of await this.#archive.newestOf(unknown)) newest.add(folded);
    return newest;
  }

  /** The record at hand with the newest version of a report; undefined when it is not at hand. */
  newestAtHand(report: string, time: number): { readonly record: FoldedRecord; readonly index: number } | undefined {
    const head = this.#recent.find(report, time);
    if (typeof head === 'string') return undefined;
    const record = this.#atHand.at(head.at.partition, head.at.offset);
    return record === undefined ? undefined : { record, index: head.at.index };
  }

  async #stage(batch: UpdateBatch, place: Place): Promise<Staged> {
    const staged: Staged = { batch, place, heads: new Map(), updates: [] };
    for (const [index, update] of batch.updates.entries()) {
      // No await where none is needed: most updates are new and need no look-up.
      staged.updates.push(this.#foldNew(update, index, staged) ?? (await this.#foldKnown(update, index, staged)));
    }
    return staged;
  }

  #foldNew(update: Update, index: number, { batch, place, heads }: Staged): FoldedUpdate | undefined {
    if (update.replaces !== 0) return undefined;
    const report = reportKey(batch.owner, batch.series, update.id);
    const time = uuidTime(update.id);
    if (heads.has(report) || this.#recent.find(report, time) !== 'unseen') return undefined;
    heads.set(report, { time, head: { version: 1, at: { partition: place.partition, offset: place.offset, index } } });
    return withMask(update, batch, { kind: 'accepted', version: 1 }, []);
  }

  async #foldKnown(update: Update, index: number, staged: Staged): Promise<FoldedUpdate> {
    const { batch, place, heads } = staged;
    const report = reportKey(batch.owner, batch.series, update.id);
    const time = uuidTime(update.id);
    const head = heads.get(report)?.head ?? (await this.#head(report, time, place.offset));
    const arrival = arrive(update.replaces, head);
    switch (arrival.kind) {
      case 'lost':
        return { update, outcome: arrival, earlier: [] };
      case 'compare': {
        const there = await this.#earlier(report, arrival.version + 1, head, staged);
        const version = there === 'gone' ? undefined : there.at(-1);
        const outcome: Outcome =
          version !== undefined && isRepeat(update, batch, version)
            ? { kind: 'repeat', version: arrival.version, at: version.at }
            : { kind: 'lost', reason: arrival.otherwise };
        return { update, outcome, earlier: [] };
      }
      case 'accepted': {
        const earlier = arrival.version === 1 ? [] : await this.#earlier(report, arrival.version, head, staged);
        const at = { partition: place.partition, offset: place.offset, index };
        heads.set(report, { time, head: { version: arrival.version, at } });
        return withMask(update, batch, arrival, earlier);
      }
    }
  }

  /** The versions of a report below `version`: from the record being folded, from those at hand, or from the archive. */
  async #earlier(report: string, version: number, head: ThreadHead | undefined, staged: Staged): Promise<readonly EarlierVersion[] | 'gone'> {
    if (head === undefined) return [];
    const { index, partition, offset } = head.at;
    const folded = staged.heads.has(report) ? staged.updates[index] : undefined;
    const record = this.#atHand.at(partition, offset);
    if (folded === undefined && record === undefined) return this.#archive.earlier(report, version);
    if (folded === undefined && (record?.kind !== 'readable' || !(await this.#isLegible(record)))) return 'gone';
    const source = folded ?? (record?.kind === 'readable' ? record.updates[index] : undefined);
    const batch = folded === undefined && record?.kind === 'readable' ? record.batch : staged.batch;
    if (source === undefined || source.earlier === 'gone') return 'gone';
    const all = [...source.earlier, asEarlier(folded === undefined ? (record ?? staged.place) : staged.place, batch, source.update, index)];
    return all.length >= version - 1 ? all.slice(0, version - 1) : 'gone';
  }
}

function withMask(update: Update, batch: UpdateBatch, outcome: Outcome, earlier: readonly EarlierVersion[] | 'gone'): FoldedUpdate {
  const mask = maskOf(update, batch, earlier);
  return mask === undefined ? { update, outcome, earlier } : { update, outcome, earlier, mask };
}
