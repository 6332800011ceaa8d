import type { Sealed } from '@corridor/contracts/common/v1/envelope';
import type { EventLog, StoredRecord } from '@corridor/eventlog';
import { CorridorError, isPassing, SharedAsk, Signal, untilWritten, uuidTime, type AgencyId, type Clock, type SeriesId } from '@corridor/kernel';
import { readEnvelope, sealedFor, TOPICS, type DataKey, type DataKeys, type Report } from '@corridor/runtime';
import { causeOf, gauge, traced } from '@corridor/telemetry';
import type { FoldedUpdates, Recent } from '../application/folded-updates.ts';
import { classGroups, type FoldedRecord, type FoldedUpdate, type ReadableRecord, type VersionOfReport } from '../domain/folded-record.ts';
import { reportKey } from '../domain/report.ts';
import type { Update, UpdateBatch } from '../domain/update.ts';
import { decodeBatch } from '../events.ts';
import { openSealed, type Archive, type ToArchive } from './archive.ts';
import { AwaitedRecords, type Opened } from './awaited-records.ts';
import { RecordsAtHand, updatesIn, type AtHandLimits } from './records-at-hand.ts';
import { ReportFold, type Place } from './report-fold.ts';

const TOPIC = TOPICS.updates.name;
const PARTITIONS = TOPICS.updates.partitions;
/** What stays in memory. */
export interface UpdateLogLimits extends AtHandLimits {
  /** How many reports' heads each generation of the memory holds. */
  readonly reports: number;
}

const DEFAULT_LIMITS: UpdateLogLimits = { records: 1024, updates: 16_384, bytes: 32 << 20, reports: 20_000 };
/** How much more than what stays at hand may be there while the archive is behind. */
const AHEAD_OF_ARCHIVE = 2;
/** How long to wait before the log is tried again, ms. */
const RETRY = 500;
/** Least rhythm of `pulse`, ms. */
const PULSE = 200;
/** For how long the archive rests between writes, ms, unless so many records wait. */
const ARCHIVE_REST = 20;
const ARCHIVE_AT_ONCE = 256;
/** How many records are archived at a time. */
const ARCHIVE_BATCH = 1024;
/** For how long a reader waits at most for what stands in the log and is not folded here, ms. */
const CATCH_UP = 5000;

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
  readonly #awaited = new AwaitedRecords();
  readonly #atHand: RecordsAtHand;
  readonly offsets: number[] = Array.from({ length: PARTITIONS }, () => 0);
  /** Updates that are folded and not yet archived: their heads must not be forgotten. */
  #unarchivedUpdates = 0;
  #archiveIsStuck = false;
  #resting = new AbortController();
  /** How many wait for the archive. */
  #inHurry = 0;
  /** Sequence number up to which everything is archived. */
  #archivedHead = 0;
  #toArchive: ToArchive[] = [];
  readonly #newEnd = new SharedAsk(() => this.end());
  #fold: ReportFold;
  #failure: CorridorError | undefined;
  #forget: readonly (() => void)[] = [];
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
    this.#atHand = new RecordsAtHand(PARTITIONS, limits);
    this.#fold = this.#foldFrom(0);
  }

  /** Goes on where the archive ends; resolves when everything that was in the log at the call is folded. */
  async start(): Promise<void> {
    const position = await this.#archive.position();
    if (position !== undefined) {
      position.offsets.forEach((offset, p) => (this.offsets[p] = offset));
      this.#fold = this.#foldFrom(position.newestId);
    }
    const end = await this.#log.end(TOPIC);
    this.#measure();
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

  #measure(): void {
    this.#forget = [
      gauge('corridor.fold.lag', async () => [{ value: (await this.end()).reduce((sum, end, p) => sum + Math.max(0, end - (this.offsets[p] ?? 0)), 0), labels: {} }]),
      gauge('corridor.archive.lag', () => [{ value: this.head - this.#archivedHead, labels: {} }]),
    ];
  }

  /** Finishes the batch in hand and archives what is folded. */
  async stop(): Promise<void> {
    for (const forget of this.#forget) forget();
    this.#stopping.abort();
    this.#archived.fire();
    await this.#running;
    this.#grown.fire();
    await this.#archiving;
    await this.#pulsing;
    this.#awaited.refuse(new CorridorError('UNAVAILABLE', 'the hub is stopping'));
  }

  /** Why it no longer folds; undefined while it does. */
  get failure(): CorridorError | undefined {
    return this.#failure;
  }

  get head(): number {
    return this.#atHand.head;
  }

  get tail(): number {
    return this.#atHand.tail;
  }

  get pulse(): Promise<void> {
    return this.#grown.next;
  }

  atHandFrom(): readonly number[] {
    return this.#atHand.lowest(this.offsets);
  }

  recent(from: number, limit: number): Recent {
    this.#assertFolding();
    if (from < this.#atHand.tail) return { kind: 'behind' };
    const records = this.#atHand.slice(from, limit);
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

  async caughtUp(): Promise<void> {
    const end = await this.#newEnd.ask();
    const latest = this.#clock.now() + CATCH_UP;
    while (end.some((offset, p) => (this.offsets[p] ?? 0) < offset)) {
      this.#assertFolding();
      if (this.#clock.now() >= latest) throw new CorridorError('UNAVAILABLE', 'this replica is behind the log');
      await this.#grown.next;
    }
  }

  async archived(): Promise<void> {
    const { head } = this;
    await this.#hurry(() => this.#archivedHead < head && !this.#archiveIsStuck && !this.#stopping.signal.aborted);
  }

  async current(owner: AgencyId, series: SeriesId, update: Update['id']): Promise<VersionOfReport | 'gone' | undefined> {
    const report = reportKey(owner, series, update);
    const newest = this.#fold.newestAtHand(report, uuidTime(update));
    if (newest === undefined) return this.#archive.current(report);
    const { record, index } = newest;
    return record.kind === 'gone' || !(await this.becomesLegible(record)) ? 'gone' : { record, index };
  }

  /** Tells what stands in a record that this process has sealed and is about to append. */
  expect(id: string, batch: UpdateBatch, key: DataKey): void {
    this.#awaited.expect(id, { batch, key });
  }

  newestOf(records: readonly ReadableRecord[]): Promise<ReadonlySet<FoldedUpdate>> {
    return this.#fold.newestOf(records);
  }

  settled(partition: number, offset: number): Promise<FoldedRecord> {
    const record = this.#awaited.early(partition, offset) ?? this.#atHand.at(partition, offset);
    if (record !== undefined) return Promise.resolve(record);
    return this.#failure === undefined ? this.#awaited.settled(partition, offset) : Promise.reject(this.#failure);
  }

  async hypothetical(batch: UpdateBatch): Promise<ReadableRecord> {
    const place = { partition: -1, offset: Number.POSITIVE_INFINITY, id: '', time: this.#clock.now(), size: 0 };
    const updates = await this.#fold.attempt(batch, place);
    return { kind: 'readable', ...place, keyId: '', batch, updates, groups: classGroups(batch, updates) };
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        for await (const records of this.#log.tail(TOPIC, [...this.offsets], { signal })) {
          for (const record of records) {
            await this.#takeTraced(record);
            if (this.#atHand.exceeds(AHEAD_OF_ARCHIVE)) await this.#makeRoom(() => this.#atHand.exceeds(AHEAD_OF_ARCHIVE));
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

  #takeTraced(stored: StoredRecord): Promise<void> {
    const traceparent = causeOf(stored);
    return traceparent === undefined ? this.#take(stored) : traced('fold', {}, () => this.#take(stored, traceparent), { from: traceparent });
  }

  async #take(stored: StoredRecord, traceparent?: string): Promise<void> {
    const envelope = readEnvelope(stored);
    const { partition, offset } = stored;
    const cause = traceparent === undefined ? {} : { traceparent };
    const place = { partition, offset, id: envelope.id, time: envelope.time.getTime(), size: stored.envelope.length, ...cause };
    if (envelope.body.$case !== 'sealed') throw new CorridorError('DATABASE_DAMAGED', 'an update in the log is not sealed');
    const sealedHere = this.#awaited.sealedHere(envelope.id);
    // What was sealed here need not be opened again, unless the key has gone since.
    const known = sealedHere !== undefined && this.#keys.loaded(sealedHere.key.id) === sealedHere.key ? sealedHere : undefined;
    const opened = known ?? (await this.#open(envelope.body.value, sealedFor(envelope)));
    const record: FoldedRecord =
      opened === 'gone' ? { kind: 'gone', ...place } : await this.#read(opened, place, stored.envelope);
    this.#atHand.push(record);
    this.#unarchivedUpdates += updatesIn(record);
    this.offsets[stored.partition] = stored.offset + 1;
    this.#awaited.folded(record);
  }

  async #open(sealed: Sealed, additionalData: Uint8Array): Promise<Opened | 'gone'> {
    const opened = await openSealed(this.#keys, sealed, additionalData);
    return opened === 'gone' ? 'gone' : { batch: decodeBatch(opened.clear), key: opened.key };
  }

  async #read({ batch, key }: Opened, place: Place, envelope: Uint8Array): Promise<ReadableRecord> {
    // What is not archived yet can be looked up nowhere else: it has to stay in the memory of reports.
    const wouldForget = (): boolean => this.#unarchivedUpdates + batch.updates.length > this.#limits.reports;
    if (wouldForget()) await this.#makeRoom(wouldForget);
    const updates = await this.#fold.take(batch, place);
    const record: ReadableRecord = { kind: 'readable', ...place, keyId: key.id, batch, updates, groups: classGroups(batch, updates) };
    this.#toArchive.push({ record, envelope, key });
    return record;
  }

  #foldFrom(newestId: number): ReportFold {
    return new ReportFold(this.#archive, this.#atHand, (record) => this.becomesLegible(record), this.#limits.reports, newestId);
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
        await this.#untilWritten(() => this.#archive.reach({ offsets, newestId: this.#fold.newestId }));
        this.#archivedHead = head;
        this.#unarchivedUpdates -= unarchived;
        this.#atHand.drop(head);
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

  /** @throws CorridorError why there are no new records any more. */
  #assertFolding(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#stopping.signal.aborted) throw new CorridorError('UNAVAILABLE', 'the hub is stopping');
  }

  #fail(error: unknown): void {
    this.#failure = CorridorError.from(error);
    this.#report('error', 'hub.fold-ended', { reason: this.#failure.reason });
    this.#stopping.abort();
    this.#awaited.refuse(this.#failure);
    this.#grown.fire();
    this.#archived.fire();
  }
}
