import type { RecordBook } from '@corridor/entitlement';
import { Frontier } from '@corridor/merkle';
import { newUuid, type Clock } from '@corridor/kernel';
import type { ActorRef, PolicyRevision, Purpose } from '@corridor/policy';
import type { Position } from '@corridor/eventlog';

/** How many records of a partition a window reaches over. */
const REACH = 20_000;
/** How many deliveries a window holds at most. */
const MOST_DELIVERIES = 4096;
/** For how long a window with deliveries stays open, ms. */
const LONGEST = 5000;

export interface ClosedWindow {
  readonly windowId: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly position: Position;
}

interface OpenWindow {
  readonly windowId: string;
  readonly bound: readonly number[];
  readonly openedAt: number;
  /** Per partition, the offset behind the last record of which something was sent. */
  readonly reached: number[];
  readonly tree: Frontier;
}

/**
 * The delivery windows of one subscription, one after the other. Before anything is sent, its window is durable; a
 * window that was never closed counts as received up to its bound.
 */
export class DeliveryWindows {
  readonly #book: RecordBook;
  readonly #clock: Clock;
  readonly #of: { readonly subscriptionId: string; readonly actor: ActorRef; readonly purpose: Purpose };
  #open: OpenWindow | undefined;

  constructor(book: RecordBook, clock: Clock, of: { readonly subscriptionId: string; readonly actor: ActorRef; readonly purpose: Purpose }) {
    this.#book = book;
    this.#clock = clock;
    this.#of = of;
  }

  /** Whether a delivery of this record falls into the open window. */
  covers(partition: number, offset: number): boolean {
    return this.#open !== undefined && offset < (this.#open.bound[partition] ?? 0) && this.#open.tree.size < MOST_DELIVERIES;
  }

  /** Opens a window from these offsets on; its id. The one before must be closed. */
  async open(offsets: readonly number[], revision: PolicyRevision): Promise<string> {
    const windowId = newUuid(this.#clock.now());
    const bound = offsets.map((offset) => offset + REACH);
    const { actor } = this.#of;
    await this.#book.openWindow({ ...this.#of, windowId, recipient: actor.agency, from: [...offsets], bound, revision });
    this.#open = { windowId, bound, openedAt: this.#clock.now(), reached: [], tree: new Frontier() };
    return windowId;
  }

  /** Counts a delivery that is being sent. */
  add({ partition, offset }: Position, leaf: Uint8Array): void {
    if (this.#open === undefined) return;
    this.#open.tree.append(leaf);
    this.#open.reached[partition] = offset + 1;
  }

  /** Whether the open window holds something and has been open long enough. */
  due(): boolean {
    return this.#open !== undefined && this.#open.tree.size > 0 && this.#clock.now() - this.#open.openedAt >= LONGEST;
  }

  /**
   * Closes the open window, if any, at these offsets, or further on where part of a later record was sent. When it cannot
   * be put on record the window stays open.
   */
  async close(offsets: readonly number[]): Promise<ClosedWindow | undefined> {
    const open = this.#open;
    if (open === undefined) return undefined;
    const { size } = open.tree;
    const root = open.tree.root();
    const { windowId, reached } = open;
    const to = offsets.map((offset, partition) => Math.max(offset, reached[partition] ?? 0));
    const position = await this.#book.closeWindow({ windowId, recipient: this.#of.actor.agency, to, size, root });
    this.#open = undefined;
    return { windowId, size, root, position };
  }
}
