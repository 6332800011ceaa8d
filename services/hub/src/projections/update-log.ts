import type { Sealed } from '@corridor/contracts/common/v1/envelope';
import type { EventLog, StoredRecord } from '@corridor/eventlog';
import { CorridorError, uuidTime, type AgencyId, type Clock, type SeriesId } from '@corridor/kernel';
import { readEnvelope, sealedFor, TOPICS, type DataKey, type DataKeys, type Report } from '@corridor/runtime';
import type { FoldedUpdates, Recent } from '../application/folded-updates.ts';
import { Signal } from '../application/signal.ts';
import { isRepeat, maskOf } from '../domain/fold.ts';
import {
  asEarlier,
  classGroups,
  type EarlierVersion,
  type FoldedRecord,
  type FoldedUpdate,
  type ReadableRecord,
  type VersionOfReport,
} from '../domain/folded-record.ts';
import { RecentReports } from '../domain/recent-reports.ts';
import { reportKey } from '../domain/report.ts';
import { arrive, type Outcome, type ThreadHead } from '../domain/thread.ts';
import type { Update, UpdateBatch } from '../domain/update.ts';
import { decodeBatch } from '../events.ts';
import { openSealed, type Archive, type ToArchive } from './archive.ts';
import { isPassing, untilWritten } from './until-written.ts';

const TOPIC = TOPICS.updates.name;
const PARTITIONS = TOPICS.updates.partitions;
/** What stays in memory. */
export interface UpdateLogLimits {
  /** How many records, and updates and bytes of envelopes in them, stay at hand once they are archived. */
  readonly records: number;
  readonly updates: number;
  readonly bytes: number;
  /** How many reports' heads each generation of the memory holds. */
  readonly reports: number;
}

const DEFAULT_LIMITS: UpdateLogLimits = { records: 1024, updates: 16_384, bytes: 32 << 20, reports: 20_000 };
/** How much more than what stays at hand may be there while the archive is behind. */
const AHEAD_OF_ARCHIVE = 2;
/** How long to wait before the log is tried again, ms. */
const RETRY = 500;
/** Of how many records under way the content is remembered. */
const MOST_EXPECTED = 8192;
/** Least rhythm of `pulse`, ms. */
const PULSE = 200;
/** For how long the archive rests between writes, ms, unless so many records wait. */
const ARCHIVE_REST = 20;
const ARCHIVE_AT_ONCE = 256;
/** How many records are archived at a time. */
const ARCHIVE_BATCH = 1024;

/** The one reader of corridor.updates.v1 in this process: opens, folds and masks each record once, and archives it. */
export class UpdateLog implements FoldedUpdates {
  readonly #log: EventLog;
  readonly #archive: Archive;
  readonly #keys: DataKeys;
  readonly #clock: Clock;
  readonly #report: Report;
  readonly #limits: UpdateLogLimits;
  readonly #stopping = new AbortController();
  readonly #grown = new Signal();
  readonly #archived = new Signal();
  readonly #waiting = Array.from({ length: PARTITIONS }, () => new Map<number, PromiseWithResolvers<FoldedRecord>>());
  readonly #atHand = Array.from({ length: PARTITIONS }, () => new Map<number, FoldedRecord>());
  readonly offsets: number[] = Array.from({ length: PARTITIONS }, () => 0);
  #ring: FoldedRecord[] = [];
  #ringStart = 0;
  #updatesAtHand = 0;
  #bytesAtHand = 0;
  /** Updates that are folded and not yet archived: their heads must not be forgotten. */
  #unarchivedUpdates = 0;
  #archiveIsStuck = false;
  #resting = new AbortController();
  /** How many wait for the archive. */
  #inHurry = 0;
  /** Sequence number up to which everything is archived. */
  #archivedHead = 0;
  #toArchive: ToArchive[] = [];
  /** By the id of its envelope, what this process sealed and has not read back. */
  readonly #expected = new Map<string, Opened>();
  #recent: RecentReports;
  #newestId = 0;
  #failure: CorridorError | undefined;
  #running: Promise<void> | undefined;
  #archiving: Promise<void> | undefined;
  #pulsing: Promise<void> | undefined;

  constructor(log: EventLog, archive: Archive, keys: DataKeys, clock: Clock, report: Report, limits: UpdateLogLimits = DEFAULT_LIMITS) {
    this.#log = log;
    this.#archive = archive;
    this.#keys = keys;
    this.#clock = clock;
    this.#report = report;
    this.#limits = limits;
    this.#recent = new RecentReports(limits.reports, 0);
  }

  /** Goes on where the archive ends; resolves when everything that was in the log at the call is folded. */
  async start(): Promise<void> {
    const position = await this.#archive.position();
    if (position !== undefined) {
      position.offsets.forEach((offset, p) => (this.offsets[p] = offset));
      this.#newestId = position.newestId;
      this.#recent = new RecentReports(this.#limits.reports, position.newestId);
    }
    const end = await this.#log.end(TOPIC);
    this.#running = this.#run().catch((error: unknown) => this.#fail(error));
    this.#archiving = this.#archiveAll().catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) this.#fail(error);
    });
    this.#pulsing = this.#pulse();
    while (end.some((offset, p) => (this.offsets[p] ?? 0) < offset)) {
      if (this.#failure !== undefined) throw this.#failure;
      await this.#grown.next;
    }
  }

  /** Finishes the batch in hand and archives what is folded. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#archived.fire();
    await this.#running;
    this.#grown.fire();
    await this.#archiving;
    await this.#pulsing;
    this.#refuseWaiting(new CorridorError('UNAVAILABLE', 'the hub is stopping'));
  }

  /** Why it no longer folds; undefined while it does. */
  get failure(): CorridorError | undefined {
    return this.#failure;
  }

  get head(): number {
    return this.#ringStart + this.#ring.length;
  }

  get tail(): number {
    return this.#ringStart;
  }

  get pulse(): Promise<void> {
    return this.#grown.next;
  }

  atHandFrom(): readonly number[] {
    return this.#atHand.map((records, p) => {
      for (const offset of records.keys()) return offset;
      return this.offsets[p] ?? 0;
    });
  }

  recent(from: number, limit: number): Recent {
    this.#assertFolding();
    if (from < this.#ringStart) return { kind: 'behind' };
    const records = this.#ring.slice(from - this.#ringStart, from - this.#ringStart + limit);
    return { kind: 'records', records, next: from + records.length };
  }

  stored(partition: number, offset: number, limit: number): Promise<readonly FoldedRecord[]> {
    return this.#archive.stored(partition, offset, limit);
  }

  end(): Promise<readonly number[]> {
    return this.#log.end(TOPIC);
  }

  isLegible({ keyId }: ReadableRecord): boolean {
    return this.#keys.loaded(keyId) !== undefined;
  }

  async becomesLegible({ keyId }: ReadableRecord): Promise<boolean> {
    try {
      await this.#keys.load(keyId);
      return true;
    } catch (error) {
      if (CorridorError.from(error).reason === 'KEY_DESTROYED') return false;
      throw error;
    }
  }

  async archived(): Promise<void> {
    const { head } = this;
    await this.#hurry(() => this.#archivedHead < head && !this.#archiveIsStuck && !this.#stopping.signal.aborted);
  }

  async current(owner: AgencyId, series: SeriesId, update: Update['id']): Promise<VersionOfReport | 'gone' | undefined> {
    const report = reportKey(owner, series, update);
    const head = this.#recent.find(report, uuidTime(update));
    const record = typeof head === 'string' ? undefined : this.#atHand[head.at.partition]?.get(head.at.offset);
    if (record === undefined || typeof head === 'string') return this.#archive.current(report);
    if (record.kind === 'gone' || !(await this.becomesLegible(record))) return 'gone';
    return { record, index: head.at.index };
  }

  /** Tells what stands in a record that this process has sealed and is about to append. */
  expect(id: string, batch: UpdateBatch, key: DataKey): void {
    this.#expected.set(id, { batch, key });
    if (this.#expected.size <= MOST_EXPECTED) return;
    for (const oldest of this.#expected.keys()) {
      this.#expected.delete(oldest);
      return;
    }
  }

  headOf(owner: AgencyId, series: SeriesId, update: Update['id']): Promise<ThreadHead | undefined> {
    return this.#head(reportKey(owner, series, update), uuidTime(update), Number.POSITIVE_INFINITY);
  }

  settled(partition: number, offset: number): Promise<FoldedRecord> {
    const record = this.#atHand[partition]?.get(offset);
    if (record !== undefined) return Promise.resolve(record);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const waiting = this.#waiting[partition];
    const already = waiting?.get(offset);
    if (already !== undefined) return already.promise;
    const settled = Promise.withResolvers<FoldedRecord>();
    waiting?.set(offset, settled);
    return settled.promise;
  }

  async hypothetical(batch: UpdateBatch): Promise<ReadableRecord> {
    const place = { partition: -1, offset: Number.POSITIVE_INFINITY, id: '', time: this.#clock.now(), size: 0 };
    const staged: Staged = { batch, heads: new Map(), updates: [] };
    for (const [index, update] of batch.updates.entries()) {
      staged.updates.push(await this.#foldUpdate(update, index, batch, place, staged));
    }
    return { kind: 'readable', ...place, keyId: '', batch, updates: staged.updates, groups: classGroups(batch, staged.updates) };
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        for await (const records of this.#log.tail(TOPIC, [...this.offsets], { signal })) {
          for (const record of records) {
            await this.#take(record);
            if (this.#overfull(AHEAD_OF_ARCHIVE)) await this.#makeRoom(() => this.#overfull(AHEAD_OF_ARCHIVE));
            if (signal.aborted) return;
          }
          this.#grown.fire();
        }
      } catch (error) {
        if (!isPassing(error) || signal.aborted) throw error;
        await this.#clock.wait(RETRY, signal).catch(() => undefined);
      }
    }
  }

  /** Lets those who wait for records look at the time now and then. */
  async #pulse(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#clock.wait(PULSE, signal).catch(() => undefined);
      this.#grown.fire();
    }
  }

  async #take(stored: StoredRecord): Promise<void> {
    const envelope = readEnvelope(stored);
    const { partition, offset } = stored;
    const place = { partition, offset, id: envelope.id, time: envelope.time.getTime(), size: stored.envelope.length };
    if (envelope.body.$case !== 'sealed') throw new CorridorError('DATABASE_DAMAGED', 'an update in the log is not sealed');
    const opened = this.#sealedHere(envelope.id) ?? (await this.#open(envelope.body.value, sealedFor(envelope)));
    const record: FoldedRecord =
      opened === 'gone' ? { kind: 'gone', ...place } : await this.#fold(opened.batch, place, stored.envelope, opened.key);
    this.#ring.push(record);
    this.#updatesAtHand += updatesIn(record);
    this.#unarchivedUpdates += updatesIn(record);
    this.#bytesAtHand += record.size;
    this.#atHand[stored.partition]?.set(stored.offset, record);
    this.offsets[stored.partition] = stored.offset + 1;
    const waiting = this.#waiting[stored.partition]?.get(stored.offset);
    if (waiting !== undefined) {
      this.#waiting[stored.partition]?.delete(stored.offset);
      waiting.resolve(record);
    }
  }

  /** What this process sealed itself it need not open again, unless the key has gone since. */
  #sealedHere(id: string): Opened | undefined {
    const sealed = this.#expected.get(id);
    if (sealed === undefined) return undefined;
    this.#expected.delete(id);
    return this.#keys.loaded(sealed.key.id) === sealed.key ? sealed : undefined;
  }

  async #open(sealed: Sealed, additionalData: Uint8Array): Promise<Opened | 'gone'> {
    const opened = await openSealed(this.#keys, sealed, additionalData);
    return opened === 'gone' ? 'gone' : { batch: decodeBatch(opened.clear), key: opened.key };
  }

  async #fold(batch: UpdateBatch, place: Place, envelope: Uint8Array, key: DataKey): Promise<ReadableRecord> {
    // What is not archived yet can be looked up nowhere else: it has to stay in the memory of reports.
    const wouldForget = (): boolean => this.#unarchivedUpdates + batch.updates.length > this.#limits.reports;
    if (wouldForget()) await this.#makeRoom(wouldForget);
    const staged: Staged = { batch, heads: new Map(), updates: [] };
    for (const [index, update] of batch.updates.entries()) {
      // No await where none is needed: most updates are new and need no look-up.
      const folded = this.#foldNew(update, index, batch, place, staged) ?? (await this.#foldUpdate(update, index, batch, place, staged));
      staged.updates.push(folded);
    }
    for (const [report, { time, head }] of staged.heads) {
      this.#recent.put(report, time, head);
      if (time > this.#newestId) this.#newestId = time;
    }
    const record: ReadableRecord = { kind: 'readable', ...place, keyId: key.id, batch, updates: staged.updates, groups: classGroups(batch, staged.updates) };
    this.#toArchive.push({ record, envelope, key });
    return record;
  }

  #foldNew(update: Update, index: number, batch: UpdateBatch, place: Place, staged: Staged): FoldedUpdate | undefined {
    if (update.replaces !== 0) return undefined;
    const report = reportKey(batch.owner, batch.series, update.id);
    const time = uuidTime(update.id);
    if (staged.heads.has(report) || this.#recent.find(report, time) !== 'unseen') return undefined;
    staged.heads.set(report, { time, head: { version: 1, at: { partition: place.partition, offset: place.offset, index } } });
    return withMask(update, batch, { kind: 'accepted', version: 1 }, []);
  }

  async #foldUpdate(update: Update, index: number, batch: UpdateBatch, place: Place, staged: Staged): Promise<FoldedUpdate> {
    const report = reportKey(batch.owner, batch.series, update.id);
    const time = uuidTime(update.id);
    const head = staged.heads.get(report)?.head ?? (await this.#head(report, time, place.offset));
    const arrival = arrive(update.replaces, head);
    switch (arrival.kind) {
      case 'lost':
        return { update, outcome: arrival, earlier: [] };
      case 'compare': {
        const there = await this.#earlier(report, arrival.version + 1, head, staged, place);
        const version = there === 'gone' ? undefined : there.at(-1);
        const outcome: Outcome =
          version !== undefined && isRepeat(update, batch, version)
            ? { kind: 'repeat', version: arrival.version, at: version.at }
            : { kind: 'lost', reason: arrival.otherwise };
        return { update, outcome, earlier: [] };
      }
      case 'accepted': {
        const earlier = arrival.version === 1 ? [] : await this.#earlier(report, arrival.version, head, staged, place);
        const at = { partition: place.partition, offset: place.offset, index };
        staged.heads.set(report, { time, head: { version: arrival.version, at } });
        return withMask(update, batch, arrival, earlier);
      }
    }
  }

  /** The head of a report among the records before an offset of its partition. */
  async #head(report: string, time: number, before: number): Promise<ThreadHead | undefined> {
    const known = this.#recent.find(report, time);
    if (known === 'unseen') return undefined;
    return known === 'unknown' ? this.#archive.head(report, before) : known;
  }

  /** The versions of a report below `version`: from the record being folded, from those at hand, or from the archive. */
  async #earlier(report: string, version: number, head: ThreadHead | undefined, staged: Staged, place: Place): Promise<readonly EarlierVersion[] | 'gone'> {
    if (head === undefined) return [];
    const { index } = head.at;
    const folded = staged.heads.has(report) ? staged.updates[index] : undefined;
    const record = this.#atHand[head.at.partition]?.get(head.at.offset);
    if (folded === undefined && record === undefined) return this.#archive.earlier(report, version);
    if (folded === undefined && (record?.kind !== 'readable' || !(await this.becomesLegible(record)))) return 'gone';
    const source = folded ?? (record?.kind === 'readable' ? record.updates[index] : undefined);
    const batch = folded === undefined && record?.kind === 'readable' ? record.batch : staged.batch;
    if (source === undefined || source.earlier === 'gone') return 'gone';
    const all = [...source.earlier, asEarlier(folded === undefined ? (record ?? place) : place, batch, source.update, index)];
    return all.length >= version - 1 ? all.slice(0, version - 1) : 'gone';
  }

  async #archiveAll(): Promise<void> {
    for (;;) {
      const head = this.head;
      const offsets = [...this.offsets];
      const entries = this.#toArchive;
      const unarchived = this.#unarchivedUpdates;
      this.#toArchive = [];
      if (head > this.#archivedHead) {
        for (let i = 0; i < entries.length; i += ARCHIVE_BATCH) {
          await this.#untilWritten(() => this.#archive.write(entries.slice(i, i + ARCHIVE_BATCH)));
        }
        await this.#untilWritten(() => this.#archive.reach({ offsets, newestId: this.#newestId }));
        this.#archivedHead = head;
        this.#unarchivedUpdates -= unarchived;
        this.#dropOldest();
        this.#archived.fire();
        // A little later more goes in one write, and what is being published does not wait behind it.
        if (this.#toArchive.length < ARCHIVE_AT_ONCE && this.#inHurry === 0) await this.#rest();
      } else if (this.#stopping.signal.aborted) {
        return;
      } else {
        await this.#grown.next;
      }
    }
  }

  /** Rests until somebody is in a hurry. */
  async #rest(): Promise<void> {
    this.#resting = new AbortController();
    await this.#clock.wait(ARCHIVE_REST, AbortSignal.any([this.#resting.signal, this.#stopping.signal])).catch(() => undefined);
  }

  /** Waits while `isBehind`, with the archive going on without rest. */
  async #hurry(isBehind: () => boolean): Promise<void> {
    this.#inHurry += 1;
    this.#resting.abort();
    try {
      while (isBehind()) await this.#archived.next;
    } finally {
      this.#inHurry -= 1;
    }
  }

  /** A full disk delays the archive and nothing else. */
  async #untilWritten(write: () => Promise<void>): Promise<void> {
    await untilWritten(write, this.#clock, this.#stopping.signal, ({ reason }) => {
      if (!this.#archiveIsStuck) this.#report('warn', 'hub.archive-waits', { reason });
      this.#archiveIsStuck = true;
      this.#archived.fire();
    });
    this.#archiveIsStuck = false;
  }

  /** Waits while the archive is too far behind the log. */
  async #makeRoom(isFull: () => boolean): Promise<void> {
    const { signal } = this.#stopping;
    this.#grown.fire();
    await this.#hurry(() => isFull() && this.#archivedHead < this.head && !signal.aborted);
  }

  #overfull(factor: number): boolean {
    return this.#exceeds(factor, this.#ring.length, this.#updatesAtHand, this.#bytesAtHand);
  }

  #exceeds(factor: number, records: number, updates: number, bytes: number): boolean {
    const limits = this.#limits;
    return records > factor * limits.records || updates > factor * limits.updates || bytes > factor * limits.bytes;
  }

  #dropOldest(): void {
    let drop = 0;
    let updates = this.#updatesAtHand;
    let bytes = this.#bytesAtHand;
    while (this.#ringStart + drop < this.#archivedHead && this.#exceeds(1, this.#ring.length - drop, updates, bytes)) {
      const record = this.#ring[drop];
      if (record === undefined) break;
      updates -= updatesIn(record);
      bytes -= record.size;
      this.#atHand[record.partition]?.delete(record.offset);
      drop += 1;
    }
    if (drop === 0) return;
    this.#ring.splice(0, drop);
    this.#ringStart += drop;
    this.#updatesAtHand = updates;
    this.#bytesAtHand = bytes;
  }

  /** @throws CorridorError why there are no new records any more. */
  #assertFolding(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#stopping.signal.aborted) throw new CorridorError('UNAVAILABLE', 'the hub is stopping');
  }

  #fail(error: unknown): void {
    this.#failure = CorridorError.from(error);
    this.#report('error', 'hub.fold-ended', { reason: this.#failure.reason });
    this.#stopping.abort();
    this.#refuseWaiting(this.#failure);
    this.#grown.fire();
    this.#archived.fire();
  }

  #refuseWaiting(error: CorridorError): void {
    for (const waiting of this.#waiting) {
      for (const settled of waiting.values()) settled.reject(error);
      waiting.clear();
    }
  }
}

const updatesIn = (record: FoldedRecord): number => (record.kind === 'readable' ? record.updates.length : 0);

/** A record's content and the key it is sealed under. */
interface Opened {
  readonly batch: UpdateBatch;
  readonly key: DataKey;
}

type Place = Pick<FoldedRecord, 'partition' | 'offset' | 'id' | 'time' | 'size'>;

/** What the updates of a record, taken one after the other, have come to so far. */
interface Staged {
  readonly batch: UpdateBatch;
  readonly heads: Map<string, { readonly time: number; readonly head: ThreadHead }>;
  readonly updates: FoldedUpdate[];
}

function withMask(update: Update, batch: UpdateBatch, outcome: Outcome, earlier: readonly EarlierVersion[] | 'gone'): FoldedUpdate {
  const mask = maskOf(update, batch, earlier);
  return mask === undefined ? { update, outcome, earlier } : { update, outcome, earlier, mask };
}
