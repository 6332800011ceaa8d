import type { AcknowledgeRecord, RecordEvent } from '@corridor/contracts/hub/v1/record';
import type { LogPosition } from '@corridor/contracts/common/v1/vocabulary';
import { changeAll, type Documents, type DocumentStore } from '@corridor/documents';
import { recordEventOf } from '@corridor/entitlement';
import { consumeSteadily, type Consumer, type EventLog, type StoredRecord } from '@corridor/eventlog';
import { CorridorError, fromUtf8, untilWritten, utf8, type AgencyId, type Clock } from '@corridor/kernel';
import { parseAgencyName, TOPICS, type Report } from '@corridor/runtime';
import type { CutOff, CutOffs } from '../application/revoke-consent.ts';
import { Waits } from './waits.ts';

const TOPIC = TOPICS.record.name;
const GROUP = 'hub-cut-offs';
/** How often it looks whether the projection has caught up, ms. */
const LOOK_EVERY = 10;
/** For how long it waits for that, ms: longer than another replica takes to go on with the work of one that died. */
const LOOK_FOR = 30_000;

/** Of how many windows of a recipient the bounds are kept one by one. */
const OPEN_WINDOWS = 64;

/** How far one recipient came. */
interface Reach {
  /** Bounds of windows that are not closed, by window id, oldest first. */
  readonly open: Readonly<Record<string, readonly number[]>>;
  readonly reached: readonly number[];
  /** By owner, of whom all updates were subscribed to; EVERY_OWNER: of all. */
  readonly acknowledged: Readonly<Record<string, readonly number[]>>;
  /** The offset behind the last record that changed this: all of a recipient stand in one partition. */
  readonly next: number;
}

const EVERY_OWNER = '*';
const NOTHING: Reach = { open: {}, reached: [], acknowledged: {}, next: 0 };

/** Fold of corridor.record.v1: what each recipient may have received, and what it acknowledged. */
export class CutOffProjection implements CutOffs {
  readonly #log: EventLog;
  readonly #reach: Documents<Reach>;
  readonly #clock: Clock;
  readonly #waits: Waits;
  readonly #stopping = new AbortController();
  #consumer: Consumer | undefined;
  #ended = false;

  private constructor(log: EventLog, reach: Documents<Reach>, clock: Clock, report: Report) {
    this.#log = log;
    this.#reach = reach;
    this.#clock = clock;
    this.#waits = new Waits('cut-offs', report);
  }

  static async open(store: DocumentStore, log: EventLog, clock: Clock, report: Report): Promise<CutOffProjection> {
    const reach = await store.collection<Reach>({
      name: 'hub-cut-offs',
      encode: (doc) => utf8(JSON.stringify(doc)),
      decode: parseReach,
      indexes: {},
    });
    return new CutOffProjection(log, reach, clock, report);
  }

  start(): Promise<void> {
    const { onWait } = this.#waits;
    const onBatch = async (records: readonly StoredRecord[]): Promise<void> => {
      await untilWritten(() => this.#fold(records), this.#clock, this.#stopping.signal, onWait);
      this.#waits.over();
    };
    this.#consumer = consumeSteadily(this.#log, TOPIC, GROUP, onBatch, { clock: this.#clock, onWait });
    return this.#consumer.done.finally(() => {
      this.#ended = true;
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#consumer?.stop();
  }

  async of(owner: AgencyId, recipients: readonly AgencyId[]): Promise<readonly CutOff[]> {
    await this.#caughtUp();
    const docs = new Map((await this.#reach.getAll(recipients)).map(({ id, doc }) => [id, doc]));
    return recipients.map((recipient) => {
      const { open, reached, acknowledged } = docs.get(recipient) ?? NOTHING;
      const ofAll = acknowledged[EVERY_OWNER] ?? [];
      return {
        recipient,
        mayHaveReceived: Object.values(open).reduce(furthest, reached),
        acknowledged: furthest(ofAll, acknowledged[owner] ?? []),
      };
    });
  }

  /** Waits until the replicas together have folded all that is on record. @throws CorridorError UNAVAILABLE */
  async #caughtUp(): Promise<void> {
    const end = await this.#log.end(TOPIC);
    const latest = this.#clock.now() + LOOK_FOR;
    for (;;) {
      const positions = await this.#log.positions(TOPIC, GROUP);
      if (end.every((offset, p) => (positions[p] ?? 0) >= offset)) return;
      if (this.#ended || this.#stopping.signal.aborted || this.#clock.now() >= latest) {
        throw new CorridorError('UNAVAILABLE', 'the record of deliveries is not being read');
      }
      await this.#clock.wait(LOOK_EVERY, this.#stopping.signal).catch(() => undefined);
    }
  }

  async #fold(records: readonly StoredRecord[]): Promise<void> {
    const of = Map.groupBy(records, ({ key }) => key);
    await changeAll(this.#reach, [...of.keys()], (there, recipient) => (of.get(recipient) ?? []).reduce(folded, there));
  }
}

/** What was folded before is left out. */
function folded(reach: Reach | undefined, record: StoredRecord): Reach | undefined {
  const before = reach ?? NOTHING;
  const after = record.offset < before.next ? undefined : evolve(before, recordEventOf(record));
  return after === undefined ? reach : { ...after, next: record.offset + 1 };
}

function evolve(reach: Reach, { entry }: RecordEvent): Reach | undefined {
  switch (entry?.$case) {
    case 'windowOpen':
      return withoutOldest({ ...reach, open: { ...reach.open, [entry.value.windowId]: offsetsOf(entry.value.bound) } });
    case 'windowClose': {
      const { [entry.value.windowId]: _, ...open } = reach.open;
      return { ...reach, open, reached: furthest(reach.reached, offsetsOf(entry.value.to)) };
    }
    case 'acknowledge':
      return { ...reach, acknowledged: acknowledgedWith(reach.acknowledged, entry.value) };
    case 'decision':
    case 'read':
    case 'preview':
    case 'partnerTopic':
    case 'partnerTopicCredential':
    case undefined:
      return undefined;
  }
}

/** Windows that a crash left open would pile up: the oldest count as received up to their bound for good. */
function withoutOldest(reach: Reach): Reach {
  const [oldest, ...others] = Object.entries(reach.open);
  if (oldest === undefined || others.length < OPEN_WINDOWS) return reach;
  return { ...reach, open: Object.fromEntries(others), reached: furthest(reach.reached, oldest[1]) };
}

/** Only who subscribed to all of an owner can have acknowledged everything of it. */
function acknowledgedWith(acknowledged: Reach['acknowledged'], { filter, before }: AcknowledgeRecord): Reach['acknowledged'] {
  const partly = filter !== undefined && filter.series.length + filter.categories.length + filter.areas.length > 0;
  if (partly) return acknowledged;
  const owners = filter === undefined || filter.owners.length === 0 ? [EVERY_OWNER] : filter.owners.map((name) => parseAgencyName(name, 'owner'));
  const next = { ...acknowledged };
  for (const owner of owners) next[owner] = furthest(acknowledged[owner] ?? [], offsetsOf(before));
  return next;
}

const furthest = (a: readonly number[], b: readonly number[]): readonly number[] =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, p) => Math.max(a[p] ?? 0, b[p] ?? 0));

function offsetsOf(positions: readonly LogPosition[]): readonly number[] {
  const offsets = Array.from({ length: TOPICS.updates.partitions }, () => 0);
  for (const { partition, offset } of positions) offsets[partition] = Number(offset);
  return offsets;
}

function parseReach(bytes: Uint8Array): Reach {
  const value: unknown = JSON.parse(fromUtf8(bytes));
  if (typeof value === 'object' && value !== null && 'open' in value && 'reached' in value && 'acknowledged' in value) {
    const { open, reached, acknowledged } = value;
    const next = 'next' in value && typeof value.next === 'number' ? value.next : 0;
    if (isOffsets(reached) && isOffsetsByName(open) && isOffsetsByName(acknowledged)) return { open, reached, acknowledged, next };
  }
  throw new CorridorError('DATABASE_DAMAGED', 'a document of the cut-offs cannot be read');
}

const isOffsets = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every((offset) => Number.isSafeInteger(offset));
const isOffsetsByName = (value: unknown): value is Readonly<Record<string, readonly number[]>> =>
  typeof value === 'object' && value !== null && Object.values(value).every(isOffsets);
