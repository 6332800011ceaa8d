import type { Corridor, Delivery, Subscription, WindowReceipt } from '@corridor/client';
import { type UpdateView, UpdateView as UpdateViewMessage, type ViewBatch } from '@corridor/contracts/hub/v1/updates';
import { CorridorError, type Clock } from '@corridor/kernel';
import { Received, versionKey } from '@corridor/test-e2e/received';
import type { Seat } from './cast.ts';

/** A delivery whose window is closed: what evidence is made of. */
export interface Proved {
  readonly receipt: WindowReceipt;
  readonly delivery: Delivery;
}

/** A version as it was shown. */
export interface Shown {
  readonly batch: Omit<ViewBatch, 'updates'>;
  readonly update: UpdateView;
}

export interface ReaderOptions {
  readonly corridor: Corridor;
  readonly seat: Seat;
  /** `agencies/{agency}/series/{series}`; what it is shown of others does not count. */
  readonly series: readonly string[];
  readonly clock: Clock;
  readonly maxBytesAhead?: number;
}

/** One subscriber: what it received, in which form, and when last. */
export class Reader {
  readonly seat: Seat;
  readonly received = new Received();
  readonly shown = new Map<string, Shown>();
  /** Versions that were shown in two ways. */
  readonly differing: string[] = [];
  /** The last delivery of each window that was closed. */
  readonly proved: Proved[] = [];
  /** Windows that were opened, each on one stream. */
  windows = 0;
  /** When something came last, ms. */
  lastAt = 0;
  /** Why it ended, when it should not have. */
  failure: CorridorError | undefined;
  readonly #subscription: Subscription;
  readonly #options: ReaderOptions;
  readonly #stop = new AbortController();
  #latest: Delivery | undefined;
  #gate = Promise.withResolvers<void>();
  #reading: Promise<void> = Promise.resolve();

  constructor(options: ReaderOptions) {
    const { corridor, seat, maxBytesAhead } = options;
    this.seat = seat;
    this.#options = options;
    this.#gate.resolve();
    this.#subscription = corridor.subscribe({
      purpose: seat.purpose,
      from: 'now',
      signal: this.#stop.signal,
      onReceipt: (receipt) => this.#prove(receipt),
      ...(maxBytesAhead === undefined ? {} : { maxBytesAhead }),
    });
  }

  start(): void {
    this.#reading = this.#read().catch((error: unknown) => void (this.failure = CorridorError.from(error)));
  }

  /** Whether it has learned where it stands. */
  get stands(): boolean {
    return this.#subscription.connected;
  }

  /** Takes nothing more until `resume`. */
  pause(): void {
    this.#gate = Promise.withResolvers();
  }

  resume(): void {
    this.#gate.resolve();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.resume();
    await this.#reading;
  }

  async #read(): Promise<void> {
    for await (const delivery of this.#subscription) {
      await this.#gate.promise;
      this.#take(delivery);
    }
  }

  #take(delivery: Delivery): void {
    const { updates, ...batch } = delivery.batch;
    if (!this.#options.series.includes(batch.series)) return;
    if (delivery.windowId !== this.#latest?.windowId) this.windows += 1;
    this.#latest = delivery;
    this.lastAt = this.#options.clock.now();
    this.received.take(delivery, this.#subscription.cursor);
    for (const update of updates) {
      const key = versionKey(update);
      const before = this.shown.get(key);
      if (before === undefined) this.shown.set(key, { batch, update });
      else if (!isSame(before.update, update)) this.differing.push(key);
    }
  }

  #prove(receipt: WindowReceipt): void {
    if (this.#latest?.windowId === receipt.windowId) this.proved.push({ receipt, delivery: this.#latest });
  }
}

/** Whether two views of a version are the same, byte for byte. */
export const isSame = (a: UpdateView, b: UpdateView): boolean =>
  Buffer.compare(UpdateViewMessage.encode(a).finish(), UpdateViewMessage.encode(b).finish()) === 0;
