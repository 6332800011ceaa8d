import type { Entitlements, RecordBook } from '@corridor/entitlement';
import { CorridorError, newUuid, type Clock } from '@corridor/kernel';
import type { Position } from '@corridor/eventlog';
import { isNewerRevision, type ActorRef, type Decision, type PolicyRevision, type Purpose } from '@corridor/policy';
import type { NodeAead, PolicyView } from '@corridor/runtime';
import { count, record as measure } from '@corridor/telemetry';
import { allowedViews, firstHalf, withoutIndexes, type AllowedView } from '../domain/allowed-views.ts';
import { wantsSeries, type UpdateFilter } from '../domain/filter.ts';
import type { FoldedRecord, ReadableRecord } from '../domain/folded-record.ts';
import type { HubGeography } from '../domain/geography.ts';
import { openCursor, sealCursor } from './cursor.ts';
import { DeliveryWindows, type ClosedWindow } from './delivery-window.ts';
import type { FoldedUpdates } from './folded-updates.ts';
import type { PreparedView, PreparedViews } from './prepared-views.ts';
import type { ServedSubscriptions } from './served-subscriptions.ts';
import { TracedDeliveries } from './traced-deliveries.ts';

/** How many records are taken at a time before others get their turn. */
const BATCH = 64;
/** Fixed time between marks while nothing is delivered, ms. */
const HEARTBEAT = 10_000;
/** Least time between marks while updates flow, ms. */
const MARK_EVERY = 200;
/** Deliveries of so many bytes go out without those that follow. */
const BYTES_AT_ONCE = 512 << 10;

export interface SubscribeCommand {
  readonly actor: ActorRef;
  readonly purpose: Purpose;
  readonly filter: UpdateFilter;
  /** Whether the actor reads for itself; else what it asks for goes to its agency as a whole, and nothing of it is RED. */
  readonly inPerson: boolean;
  readonly start: { readonly kind: 'now' } | { readonly kind: 'beginning' } | { readonly kind: 'cursor'; readonly cursor: Uint8Array };
}

/** A view on its way out. */
export interface Delivery {
  readonly prepared: PreparedView;
  /** What whoever takes it follows from, where that is sampled. */
  readonly traceparent: string | undefined;
}

/** Where a subscription's events go. Each sends at once and resolves when the transport takes more. */
export interface Outlet {
  readonly channel: 'stream' | 'topic';
  /** The most bytes of one delivery; a view with several updates that is larger goes out in parts. */
  readonly mostBytes: number;
  /** How many deliveries go out together, at least 1; fewer when there is something to wait for before the next. */
  readonly mostAtOnce: number;
  deliveries(ready: readonly Delivery[]): Promise<void>;
  mark(cursor: Buffer): Promise<void>;
  windowOpened(windowId: string): Promise<void>;
  windowClosed(window: ClosedWindow): Promise<void>;
}

export interface SubscribeDependencies {
  readonly updates: FoldedUpdates;
  readonly policy: PolicyView;
  readonly book: RecordBook;
  readonly entitlements: Entitlements;
  readonly views: PreparedViews;
  readonly geography: HubGeography;
  readonly cursors: NodeAead;
  readonly served: ServedSubscriptions;
  readonly clock: Clock;
}

/**
 * Delivers to one subscriber until the signal aborts: in the order of each partition, at the subscriber's own pace, from
 * the records at hand or from the archive, each under a decision and a window that are on record before it is sent.
 */
export async function subscribe(command: SubscribeCommand, outlet: Outlet, signal: AbortSignal, deps: SubscribeDependencies): Promise<void> {
  const subscription = new Subscription(command, outlet, deps);
  await subscription.refuseBeyondEnd();
  const leave = deps.served.enter({ agency: command.actor.agency, channel: outlet.channel, lag: () => subscription.lag() });
  try {
    await subscription.run(signal);
  } finally {
    leave();
    await subscription.end();
  }
}

/** A record that is being taken, and what of it is done. */
interface Taking {
  readonly record: FoldedRecord;
  /** Indexes of the updates that went out or have nothing to show. */
  readonly done: Set<number>;
  /** Its data key is gone. */
  illegible: boolean;
}

/** What there is to do next about a record. */
type Step =
  | { readonly kind: 'pass' }
  | { readonly kind: 'wait'; readonly until: () => Promise<unknown> }
  | { readonly kind: 'deliver'; readonly prepared: PreparedView; readonly isLast: boolean };

const PASS: Step = { kind: 'pass' };

class Subscription {
  readonly #command: SubscribeCommand;
  readonly #outlet: Outlet;
  readonly #deps: SubscribeDependencies;
  readonly #windows: DeliveryWindows;
  readonly #traced: TracedDeliveries;
  readonly #offsets: number[];
  /** Sequence number of the next record at hand; undefined while reading from the archive. */
  #sequence: number | undefined;
  #markedAt: number;
  #unmarked = true;

  constructor(command: SubscribeCommand, outlet: Outlet, deps: SubscribeDependencies) {
    const { actor, purpose } = command;
    const { clock, book } = deps;
    this.#command = command;
    this.#outlet = outlet;
    this.#deps = deps;
    this.#windows = new DeliveryWindows(book, clock, { subscriptionId: newUuid(clock.now()), actor, purpose });
    this.#traced = new TracedDeliveries({ agency: actor.agency, purpose, channel: outlet.channel }, deps.served.spans, clock);
    this.#offsets = this.#startAt();
    this.#markedAt = clock.now();
  }

  async run(signal: AbortSignal): Promise<void> {
    // At once, so that a reader whose stream breaks early knows where it began.
    await this.#mark();
    while (!signal.aborted) {
      // Taken before looking, so that nothing that arrives in between is missed.
      const { pulse } = this.#deps.updates;
      const { records, through } = await this.#next();
      await this.#take(records, signal);
      if (signal.aborted) return;
      if (through !== undefined) this.#offsets[through.partition] = through.offset;
      if (this.#isMarkDue()) await this.#mark();
      if (this.#windows.due()) await this.#closeDueWindow();
      await (records.length > 0 || through !== undefined ? new Promise((resolve) => setImmediate(resolve)) : first(pulse, signal));
    }
  }

  /** Puts the last window on record; the stream may be gone. */
  async end(): Promise<void> {
    try {
      await this.#windows.close(this.#offsets);
    } catch {
      // A window that is never closed counts as received up to its bound; what ended the stream is told, not this.
    }
  }

  /** By how many records it is behind what is folded. */
  lag(): number {
    return this.#deps.updates.offsets.reduce((sum, offset, p) => sum + Math.max(0, offset - (this.#offsets[p] ?? 0)), 0);
  }

  /** @throws LOG_INCOMPLETE for a cursor that is ahead of the log: an older copy of it was restored. */
  async refuseBeyondEnd(): Promise<void> {
    const { updates } = this.#deps;
    if (this.#offsets.every((offset, p) => offset <= (updates.offsets[p] ?? 0))) return;
    const end = await updates.end();
    if (this.#offsets.some((offset, p) => offset > (end[p] ?? 0))) {
      throw new CorridorError('LOG_INCOMPLETE', 'the cursor is ahead of the log: the node has lost records that you received');
    }
  }

  #startAt(): number[] {
    const { start, actor, purpose, filter } = this.#command;
    const { updates, cursors } = this.#deps;
    switch (start.kind) {
      case 'now':
        return [...updates.offsets];
      case 'beginning':
        return updates.offsets.map(() => 0);
      case 'cursor': {
        const owner = { agency: actor.agency, purpose, filter };
        return openCursor(start.cursor, updates.offsets.length, owner, cursors);
      }
    }
  }

  /**
   * The next records, at most a batch, none when there are none yet; `through` where a partition goes on behind them,
   * since what cannot be read any more may be missing.
   */
  async #next(): Promise<{ readonly records: readonly FoldedRecord[]; readonly through?: Position }> {
    const { updates } = this.#deps;
    if (this.#sequence === undefined) {
      const atHand = updates.atHandFrom();
      const lagging = this.#offsets.findIndex((offset, p) => offset < (atHand[p] ?? 0));
      if (lagging >= 0) {
        const from = this.#offsets[lagging] ?? 0;
        const limit = Math.min(BATCH, (atHand[lagging] ?? 0) - from);
        return { records: await updates.stored(lagging, from, limit), through: { partition: lagging, offset: from + limit } };
      }
      this.#sequence = updates.tail;
    }
    for (;;) {
      const recent = updates.recent(this.#sequence, BATCH);
      if (recent.kind === 'behind') {
        this.#sequence = undefined;
        return this.#next();
      }
      this.#sequence = recent.next;
      const unseen = recent.records.filter((r) => r.offset >= (this.#offsets[r.partition] ?? 0));
      if (unseen.length > 0 || recent.records.length === 0) return { records: unseen };
    }
  }

  /**
   * Takes records one after the other. Deliveries that are ready one after the other, with nothing to wait for between
   * them, go out together: what was decided is what goes out.
   */
  async #take(records: readonly FoldedRecord[], signal: AbortSignal): Promise<void> {
    try {
      await this.#takeAll(records, signal);
      this.#traced.ended();
    } catch (error) {
      this.#traced.ended(error);
      throw error;
    }
  }

  async #takeAll(records: readonly FoldedRecord[], signal: AbortSignal): Promise<void> {
    const ready: Delivery[] = [];
    /** Records that are done with once what is ready has gone out. */
    const passed: Position[] = [];
    let bytes = 0;
    const send = async (): Promise<void> => {
      if (ready.length > 0) {
        const out = ready.splice(0);
        await this.#outlet.deliveries(out);
        this.#traced.sent();
        this.#count(out);
      }
      bytes = 0;
      for (const { partition, offset } of passed.splice(0)) this.#offsets[partition] = offset + 1;
      // A slow reader may take long for a batch, and what it has is not to be sent again.
      if (!signal.aborted && this.#isMarkDue()) await this.#mark();
    };
    for (const record of records) {
      const taking: Taking = { record, done: new Set(), illegible: false };
      this.#traced.began(record);
      for (let more = true; more; ) {
        const step = this.#step(taking, signal);
        switch (step.kind) {
          case 'wait':
            await send();
            if (signal.aborted) return;
            await step.until();
            break;
          case 'deliver':
            this.#windows.add(record, step.prepared.leaf);
            this.#unmarked = true;
            bytes += step.prepared.message.length;
            more = !step.isLast;
            ready.push({ prepared: step.prepared, traceparent: this.#traced.delivers(record, step.prepared.allowed.indexes.length) });
            if (!more) this.#passed(record, passed);
            if (ready.length >= this.#outlet.mostAtOnce || bytes >= BYTES_AT_ONCE) await send();
            break;
          case 'pass':
            more = false;
            this.#passed(record, passed);
        }
        if (signal.aborted) return;
      }
    }
    await send();
  }

  #passed(record: FoldedRecord, passed: Position[]): void {
    this.#traced.passed(record);
    passed.push(record);
  }

  #count(out: readonly Delivery[]): void {
    const { clock } = this.#deps;
    const channel = { 'corridor.channel': this.#outlet.channel };
    const updates = out.reduce((sum, { prepared }) => sum + prepared.allowed.indexes.length, 0);
    count('corridor.deliveries', updates, { ...channel, 'corridor.agency': this.#command.actor.agency });
    // What is caught up with says nothing of how quick the hub is.
    if (this.#sequence !== undefined) for (const { prepared } of out) measure('corridor.delivery.latency', Math.max(0, clock.now() - prepared.record.time) / 1000, channel);
  }

  /** Never waits. */
  #step(taking: Taking, signal: AbortSignal): Step {
    const { record, done } = taking;
    const { policy, views, updates, entitlements, clock } = this.#deps;
    const { actor, purpose, inPerson, filter } = this.#command;
    if (record.kind !== 'readable' || record.groups.length === 0 || !wantsSeries(filter, record.batch) || taking.illegible) return PASS;
    const { revision, handling } = record.batch;
    if (isNewerRevision(revision, policy.revision)) return { kind: 'wait', until: () => policy.reached(revision, signal) };
    if (!updates.isLegible(record)) {
      return { kind: 'wait', until: async () => void (taking.illegible = !(await updates.becomesLegible(record))) };
    }
    const entitlement = inPerson ? entitlements.of(actor, purpose, handling) : entitlements.ofAgency(actor.agency, purpose);
    const decisions = entitlement.known(record.groups);
    if (decisions === undefined) {
      this.#traced.decides(record);
      return { kind: 'wait', until: () => entitlement.decide(record.groups) };
    }
    this.#traced.decided(record);
    for (;;) {
      const [whole, ...others] = this.#allowed(record, decisions, done);
      if (whole === undefined) return PASS;
      let next = whole;
      let prepared = views.prepare(record, next);
      while (prepared !== undefined && prepared.message.length > this.#outlet.mostBytes && next.indexes.length > 1) {
        next = firstHalf(next);
        prepared = views.prepare(record, next);
      }
      const shown = prepared !== undefined && prepared.expireTime > clock.now() ? prepared : undefined;
      if (shown !== undefined && !this.#windows.covers(record.partition, record.offset)) {
        return { kind: 'wait', until: () => this.#openWindow(entitlement.revision) };
      }
      for (const index of next.indexes) done.add(index);
      if (shown !== undefined) return { kind: 'deliver', prepared: shown, isLast: others.length === 0 && next === whole };
    }
  }

  /** The views of the record with updates that are not done. */
  #allowed(record: ReadableRecord, decisions: readonly Decision[], done: ReadonlySet<number>): readonly AllowedView[] {
    const { geography, clock } = this.#deps;
    const views = allowedViews(record, decisions, this.#command.filter, geography, clock.now());
    return done.size === 0 ? views : views.flatMap((view) => withoutIndexes(view, done) ?? []);
  }

  async #closeWindow(): Promise<void> {
    const closed = await this.#windows.close(this.#offsets);
    if (closed !== undefined) await this.#outlet.windowClosed(closed);
  }

  async #openWindow(revision: PolicyRevision): Promise<void> {
    await this.#closeWindow();
    await this.#outlet.windowOpened(await this.#windows.open(this.#offsets, revision));
  }

  /** Closes the window when it can: with a full disk it stays open, which claims no less. */
  async #closeDueWindow(): Promise<void> {
    try {
      await this.#closeWindow();
    } catch (error) {
      if (CorridorError.from(error).code !== 'RESOURCE_EXHAUSTED') throw error;
    }
  }

  /** While updates flow, often; else at fixed times, so that marks tell nothing of what others receive. */
  #isMarkDue(): boolean {
    return this.#deps.clock.now() - this.#markedAt >= (this.#unmarked ? MARK_EVERY : HEARTBEAT);
  }

  async #mark(): Promise<void> {
    const { actor, purpose, filter } = this.#command;
    this.#markedAt = this.#deps.clock.now();
    this.#unmarked = false;
    await this.#outlet.mark(sealCursor(this.#offsets, { agency: actor.agency, purpose, filter }, this.#deps.cursors));
  }
}

/** Resolves with `pulse`, or as soon as the signal aborts. */
function first(pulse: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    signal.addEventListener('abort', end);
    void pulse.then(end);
    if (signal.aborted) end();
  });
}
