import { newUuid, type Clock } from '@corridor/kernel';
import { retentionEnd, type ActorRef, type Decision, type Purpose } from '@corridor/policy';
import type { NodeAead, PolicyView } from '@corridor/runtime';
import { allowedViews, withoutIndexes, type AllowedView } from '../domain/allowed-views.ts';
import { wantsSeries, type UpdateFilter } from '../domain/filter.ts';
import type { FoldedRecord, ReadableRecord } from '../domain/folded-record.ts';
import type { HubGeography } from '../domain/geography.ts';
import { isNewer } from '../domain/revision.ts';
import { openCursor, sealCursor } from './cursor.ts';
import { DeliveryWindows, type ClosedWindow } from './delivery-window.ts';
import type { Entitlement, Entitlements } from './entitlement.ts';
import type { FoldedUpdates } from './folded-updates.ts';
import type { PreparedView, PreparedViews } from './prepared-views.ts';
import type { RecordBook } from './record-book.ts';

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
  readonly start: { readonly kind: 'now' } | { readonly kind: 'beginning' } | { readonly kind: 'cursor'; readonly cursor: Uint8Array };
}

/** Where a subscription's events go. Each sends at once and resolves when the transport takes more. */
export interface Outlet {
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
  readonly #entitlement: Entitlement;
  readonly #windows: DeliveryWindows;
  readonly #offsets: number[];
  /** Sequence number of the next record at hand; undefined while reading from the archive. */
  #sequence: number | undefined;
  #markedAt: number;
  #unmarked = true;

  constructor(command: SubscribeCommand, outlet: Outlet, deps: SubscribeDependencies) {
    const { actor, purpose } = command;
    const { clock, book, entitlements } = deps;
    this.#command = command;
    this.#outlet = outlet;
    this.#deps = deps;
    this.#entitlement = entitlements.of(actor, purpose);
    this.#windows = new DeliveryWindows(book, clock, { subscriptionId: newUuid(clock.now()), actor, purpose });
    this.#offsets = this.#startAt();
    this.#markedAt = clock.now();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Taken before looking, so that nothing that arrives in between is missed.
      const { pulse } = this.#deps.updates;
      const records = await this.#next();
      for (const record of records) {
        if (signal.aborted) return;
        await this.#take(record, signal);
      }
      if (this.#isMarkDue()) await this.#mark();
      if (this.#windows.due()) await this.#closeWindow();
      await (records.length > 0 ? new Promise((resolve) => setImmediate(resolve)) : pulse);
    }
  }

  /** Puts the last window on record; the stream may be gone. */
  async end(): Promise<void> {
    await this.#windows.close(this.#offsets);
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

  /** The next records, at most a batch, none when there are none yet. */
  async #next(): Promise<readonly FoldedRecord[]> {
    const { updates } = this.#deps;
    if (this.#sequence === undefined) {
      const atHand = updates.atHandFrom();
      const lagging = this.#offsets.findIndex((offset, p) => offset < (atHand[p] ?? 0));
      if (lagging >= 0) {
        const from = this.#offsets[lagging] ?? 0;
        return updates.stored(lagging, from, Math.min(BATCH, (atHand[lagging] ?? 0) - from));
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
      if (unseen.length > 0 || recent.records.length === 0) return unseen;
    }
  }

  async #take(record: FoldedRecord, signal: AbortSignal): Promise<void> {
    if (record.kind === 'readable' && record.groups.length > 0 && wantsSeries(this.#command.filter, record.batch)) {
      await this.#deliver(record, signal);
    }
    this.#offsets[record.partition] = record.offset + 1;
  }

  async #deliver(record: ReadableRecord, signal: AbortSignal): Promise<void> {
    const { policy, views } = this.#deps;
    if (isNewer(record.batch.revision, policy.revision)) await policy.reached(record.batch.revision, signal);
    const done = new Set<number>();
    while (!signal.aborted) {
      const decisions = this.#entitlement.known(record.groups) ?? (await this.#entitlement.decide(record.groups));
      const next = this.#allowed(record, decisions, done);
      if (next === undefined) return;
      const prepared = views.prepare(record, next);
      if (prepared !== undefined) {
        if (!this.#windows.covers(record.partition, record.offset)) {
          await this.#closeWindow();
          await this.#outlet.windowOpened(await this.#windows.open(this.#offsets, this.#entitlement.revision));
        }
        // From here to the sending nothing waits: what was decided is what goes out.
        if (!this.#entitlement.stands() || this.#isExpired(record, prepared)) continue;
        this.#windows.add(prepared.leaf);
        this.#unmarked = true;
        await this.#outlet.delivery(prepared);
      }
      for (const index of next.indexes) done.add(index);
    }
  }

  /** The first view of the record with updates that are not done. */
  #allowed(record: ReadableRecord, decisions: readonly Decision[], done: ReadonlySet<number>): AllowedView | undefined {
    const { geography, clock } = this.#deps;
    const views = allowedViews(record, decisions, this.#command.filter, geography, clock.now());
    for (const view of views) {
      const rest = withoutIndexes(view, done);
      if (rest !== undefined) return rest;
    }
    return undefined;
  }

  #isExpired(record: ReadableRecord, { view }: PreparedView): boolean {
    return retentionEnd(record.time, view.handling.retentionDays) <= this.#deps.clock.now();
  }

  async #closeWindow(): Promise<void> {
    const closed = await this.#windows.close(this.#offsets);
    if (closed !== undefined) await this.#outlet.windowClosed(closed);
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
