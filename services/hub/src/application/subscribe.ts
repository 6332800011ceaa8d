import type { Entitlements, RecordBook } from '@corridor/entitlement';
import { CorridorError, newUuid, type Clock } from '@corridor/kernel';
import type { Position } from '@corridor/eventlog';
import { isNewerRevision, type ActorRef, type Decision, type Purpose } from '@corridor/policy';
import type { NodeAead, PolicyView } from '@corridor/runtime';
import { allowedViews, firstHalf, withoutIndexes, type AllowedView } from '../domain/allowed-views.ts';
import { wantsSeries, type UpdateFilter } from '../domain/filter.ts';
import type { FoldedRecord, ReadableRecord } from '../domain/folded-record.ts';
import type { HubGeography } from '../domain/geography.ts';
import { openCursor, sealCursor } from './cursor.ts';
import { DeliveryWindows, type ClosedWindow } from './delivery-window.ts';
import type { FoldedUpdates } from './folded-updates.ts';
import type { PreparedView, PreparedViews } from './prepared-views.ts';

/** How many records are taken at a time before others get their turn. */
const BATCH = 64;
/** Fixed time between marks while nothing is delivered, ms. */
const HEARTBEAT = 10_000;
/** Least time between marks while updates flow, ms. */
const MARK_EVERY = 200;

export interface SubscribeCommand {
  readonly actor: ActorRef;
  readonly purpose: Purpose;
  readonly filter: UpdateFilter;
  /** Whether the actor reads for itself; else what it asks for goes to its agency as a whole, and nothing of it is RED. */
  readonly inPerson: boolean;
  readonly start: { readonly kind: 'now' } | { readonly kind: 'beginning' } | { readonly kind: 'cursor'; readonly cursor: Uint8Array };
}

/** Where a subscription's events go. Each sends at once and resolves when the transport takes more. */
export interface Outlet {
  /** The most bytes that go out at once; a view with several updates that is larger goes out in parts. */
  readonly mostBytes: number;
  delivery(prepared: PreparedView): Promise<void>;
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
  readonly clock: Clock;
}

/**
 * Delivers to one subscriber until the signal aborts: in the order of each partition, at the subscriber's own pace, from
 * the records at hand or from the archive, each under a decision and a window that are on record before it is sent.
 */
export async function subscribe(command: SubscribeCommand, outlet: Outlet, signal: AbortSignal, deps: SubscribeDependencies): Promise<void> {
  const subscription = new Subscription(command, outlet, deps);
  await subscription.refuseBeyondEnd();
  try {
    await subscription.run(signal);
  } finally {
    await subscription.end();
  }
}

class Subscription {
  readonly #command: SubscribeCommand;
  readonly #outlet: Outlet;
  readonly #deps: SubscribeDependencies;
  readonly #windows: DeliveryWindows;
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
      for (const record of records) {
        await this.#take(record, signal);
        if (signal.aborted) return;
        // A slow reader may take long for a batch, and what it has is not to be sent again.
        if (this.#isMarkDue()) await this.#mark();
      }
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

  async #take(record: FoldedRecord, signal: AbortSignal): Promise<void> {
    if (record.kind === 'readable' && record.groups.length > 0 && wantsSeries(this.#command.filter, record.batch)) {
      await this.#deliver(record, signal);
      if (signal.aborted) return;
    }
    this.#offsets[record.partition] = record.offset + 1;
  }

  async #deliver(record: ReadableRecord, signal: AbortSignal): Promise<void> {
    const { policy, views, updates, entitlements } = this.#deps;
    const { actor, purpose, inPerson } = this.#command;
    const entitlement = inPerson ? entitlements.of(actor, purpose, record.batch.handling) : entitlements.ofAgency(actor.agency, purpose);
    if (isNewerRevision(record.batch.revision, policy.revision)) await policy.reached(record.batch.revision, signal);
    const done = new Set<number>();
    while (!signal.aborted) {
      if (!updates.isLegible(record) && !(await updates.becomesLegible(record))) return;
      const decisions = entitlement.known(record.groups) ?? (await entitlement.decide(record.groups));
      const [whole, ...others] = this.#allowed(record, decisions, done);
      if (whole === undefined) return;
      let next = whole;
      let prepared = views.prepare(record, next);
      while (prepared !== undefined && prepared.message.length > this.#outlet.mostBytes && next.indexes.length > 1) {
        next = firstHalf(next);
        prepared = views.prepare(record, next);
      }
      if (prepared !== undefined) {
        if (!this.#windows.covers(record.partition, record.offset)) {
          await this.#closeWindow();
          await this.#outlet.windowOpened(await this.#windows.open(this.#offsets, entitlement.revision));
        }
        // From here to the sending nothing waits: what was decided is what goes out.
        if (signal.aborted) return;
        if (!entitlement.holds(record.groups, decisions) || !updates.isLegible(record) || prepared.expireTime <= this.#deps.clock.now()) continue;
        this.#windows.add(record, prepared.leaf);
        this.#unmarked = true;
        await this.#outlet.delivery(prepared);
      }
      if (others.length === 0 && next === whole) return;
      for (const index of next.indexes) done.add(index);
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
