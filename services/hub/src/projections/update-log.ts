import type { Sealed } from '@corridor/contracts/common/v1/envelope';
import type { Leases } from '@corridor/documents';
import type { EventLog, StoredRecord } from '@corridor/eventlog';
import { CorridorError, isPassing, SharedAsk, Signal, uuidTime, type AgencyId, type Clock, type SeriesId } from '@corridor/kernel';
import { readEnvelope, sealedFor, TOPICS, type DataKey, type DataKeys, type Report } from '@corridor/runtime';
import { causeOf, gauge, traced } from '@corridor/telemetry';
import type { FoldedUpdates, Recent } from '../application/folded-updates.ts';
import { classGroups, type FoldedRecord, type FoldedUpdate, type ReadableRecord, type VersionOfReport } from '../domain/folded-record.ts';
import { reportKey } from '../domain/report.ts';
import type { Update, UpdateBatch } from '../domain/update.ts';
import { decodeBatch } from '../events.ts';
import { openSealed, type Archive } from './archive.ts';
import { Archiving } from './archiving.ts';
import { AwaitedRecords, type Opened } from './awaited-records.ts';
import { RecordsAtHand, type AtHandLimits } from './records-at-hand.ts';
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
  readonly #archiving: Archiving;
  readonly #awaited = new AwaitedRecords();
  readonly #atHand: RecordsAtHand;
  readonly offsets: number[] = Array.from({ length: PARTITIONS }, () => 0);
  readonly #newEnd = new SharedAsk(() => this.end());
  #fold: ReportFold;
  #failure: CorridorError | undefined;
  #forget: readonly (() => void)[] = [];
  #running: Promise<void> | undefined;
  #archivingDone: Promise<void> | undefined;
  #pulsing: Promise<void> | undefined;

  constructor(log: EventLog, archive: Archive, leases: Leases, keys: DataKeys, clock: Clock, report: Report, limits: UpdateLogLimits = DEFAULT_LIMITS) {
    this.#log = log;
    this.#archive = archive;
    this.#keys = keys;
    this.#clock = clock;
    this.#report = report;
    this.#limits = limits;
    this.#atHand = new RecordsAtHand(PARTITIONS, limits);
    const folded = () => ({ head: this.head, position: { offsets: [...this.offsets], newestId: this.#fold.newestId } });
    this.#archiving = new Archiving({ archive, leases, clock, report, folded, onArchived: (head) => this.#atHand.drop(head) }, this.#grown, this.#stopping.signal);
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
    this.#archivingDone = this.#archiving.run().catch((error: unknown) => {
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
      gauge('corridor.archive.lag', () => [{ value: this.head - this.#archiving.head, labels: {} }]),
    ];
  }

  /** Finishes the batch in hand and archives what is folded. */
  async stop(): Promise<void> {
    for (const forget of this.#forget) forget();
    this.#stopping.abort();
    await this.#running;
    this.#grown.fire();
    await this.#archivingDone;
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

  archived(): Promise<void> {
    return this.#archiving.until(this.head);
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
    this.#archiving.count(record);
    this.offsets[stored.partition] = stored.offset + 1;
    this.#awaited.folded(record);
  }

  async #open(sealed: Sealed, additionalData: Uint8Array): Promise<Opened | 'gone'> {
    const opened = await openSealed(this.#keys, sealed, additionalData);
    return opened === 'gone' ? 'gone' : { batch: decodeBatch(opened.clear), key: opened.key };
  }

  async #read({ batch, key }: Opened, place: Place, envelope: Uint8Array): Promise<ReadableRecord> {
    // What is not archived yet can be looked up nowhere else: it has to stay in the memory of reports.
    const wouldForget = (): boolean => this.#archiving.updates + batch.updates.length > this.#limits.reports;
    if (wouldForget()) await this.#makeRoom(wouldForget);
    const updates = await this.#fold.take(batch, place);
    const record: ReadableRecord = { kind: 'readable', ...place, keyId: key.id, batch, updates, groups: classGroups(batch, updates) };
    this.#archiving.push({ record, envelope, key });
    return record;
  }

  #foldFrom(newestId: number): ReportFold {
    return new ReportFold(this.#archive, this.#atHand, (record) => this.becomesLegible(record), this.#limits.reports, newestId);
  }

  /** Waits while the archive is too far behind the log. */
  async #makeRoom(isFull: () => boolean): Promise<void> {
    this.#grown.fire();
    await this.#archiving.hurry(() => isFull() && this.#archiving.head < this.head);
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
  }
}
