import { CorridorError, view } from '@corridor/kernel';
import type { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { HubServiceService, SubscribeFrom, SubscribeResponse, type Delivery as DeliveryMessage, type UpdateFilter } from '@corridor/contracts/hub/v1/hub';
import { ViewBatch } from '@corridor/contracts/hub/v1/updates';
import type { Hub } from './api/hub.ts';
import { EventQueue, type Entry } from './event-queue.ts';
import type { Surroundings } from './surroundings.ts';
import { backoffMs } from './transport/backoff.ts';
import type { Calls } from './transport/calls.ts';
import { isPassing, type Failure } from './transport/status.ts';
import { WindowWatch, type PlaceInWindow, type WindowReceipt } from './window-watch.ts';

/** What to receive, and from where on. */
export interface SubscribeOptions {
  /** What the data will be used for. */
  readonly purpose: Purpose;
  /** Which updates; default: all that the agency may see. */
  readonly filter?: UpdateFilter;
  /** Where to begin without a cursor; default: now. */
  readonly from?: 'now' | 'beginning';
  /** Where to go on: a `cursor` of an earlier subscription of the same agency, purpose and filter. */
  readonly cursor?: Uint8Array;
  /** Called, and awaited, for each window that the node has closed, before anything after it is yielded. */
  readonly onReceipt?: (receipt: WindowReceipt) => void | Promise<void>;
  /** Ends the subscription: the iteration ends without an error. */
  readonly signal?: AbortSignal;
  /** Milliseconds without a connection after which the subscription fails; default 300,000. */
  readonly patienceMs?: number;
  /** Bytes received and not yet taken, at most (and one message more); then the node has to wait. Default 4 MiB. */
  readonly maxBytesAhead?: number;
  /** Deliveries of open windows whose hashes are kept (32 bytes each), at most; default 1,000,000. */
  readonly maxOpenDeliveries?: number;
}

/** Updates of one record, as the reader may see them, and what proves that they were delivered. */
export interface Delivery extends PlaceInWindow {
  readonly batch: ViewBatch;
  /** When the owner published it. */
  readonly publishTime: Date | undefined;
  /** The reader keeps it until then. */
  readonly expireTime: Date | undefined;
  /** The bytes of `batch` as they arrived, and the salt of their leaf. */
  readonly raw: { readonly bytes: Uint8Array; readonly salt: Uint8Array };
}

/**
 * A stream of deliveries that survives reconnection; to be iterated once.
 *
 * **At least once.** After a reconnection, or from a stored cursor, the node delivers again what came after the last mark;
 * recognise a repeat by the `name` and `version` of each update. Nothing is left out. A window whose stream broke yields
 * no receipt: what it held counts, on the node, as possibly received.
 *
 * **Backpressure.** Nothing is read ahead beyond `maxBytesAhead`: a slow reader is waited for.
 */
export interface Subscription extends AsyncIterable<Delivery> {
  /**
   * Everything before it has been yielded *and* the next delivery asked for, so that whoever stores it after handling a
   * delivery never loses one. Undefined before the first mark, when none was given.
   */
  readonly cursor: Uint8Array | undefined;
  /** Whether the node is delivering at present: its stream is open and something has come over it. */
  readonly connected: boolean;
  /** Tells the node that everything up to `cursor` has arrived and is kept. Does nothing without a cursor. */
  acknowledge(): Promise<void>;
}

const EVERYTHING: UpdateFilter = { owners: [], series: [], categories: [], areas: [] };

/** Opens a subscription; it connects when it is iterated. */
export function openSubscription(calls: Calls, hub: Hub, options: SubscribeOptions, surroundings: Surroundings): Subscription {
  return new StreamSubscription(calls, hub, options, surroundings);
}

class StreamSubscription implements Subscription {
  readonly #calls: Calls;
  readonly #hub: Hub;
  readonly #options: SubscribeOptions;
  readonly #surroundings: Surroundings;
  readonly #filter: UpdateFilter;
  readonly #windows: WindowWatch;
  #cursor: Uint8Array | undefined;
  #connected = false;
  #iterated = false;

  constructor(calls: Calls, hub: Hub, options: SubscribeOptions, surroundings: Surroundings) {
    this.#calls = calls;
    this.#hub = hub;
    this.#options = options;
    this.#surroundings = surroundings;
    this.#filter = options.filter ?? EVERYTHING;
    this.#windows = new WindowWatch(options.maxOpenDeliveries ?? 1_000_000);
    this.#cursor = options.cursor;
  }

  get cursor(): Uint8Array | undefined {
    return this.#cursor;
  }

  get connected(): boolean {
    return this.#connected;
  }

  async acknowledge(): Promise<void> {
    if (this.#cursor === undefined) return;
    await this.#hub.acknowledgeDelivery({ purpose: this.#options.purpose, filter: this.#filter, cursor: view(this.#cursor) });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Delivery, undefined> {
    if (this.#iterated) throw new CorridorError('STATE_FORBIDS', 'a subscription is iterated once; open another one with its cursor');
    this.#iterated = true;
    const { signal, patienceMs = 300_000 } = this.#options;
    const { clock, random, closed } = this.#surroundings;
    const stop = signal === undefined ? closed : AbortSignal.any([signal, closed]);
    let lostAt = clock.now();
    for (let tries = 1; !stop.aborted; tries += 1) {
      const attempt = yield* this.#oneStream(stop);
      if (stop.aborted) break;
      if (attempt.answered) [tries, lostAt] = [1, clock.now()];
      const { failure } = attempt;
      const again = isPassing(failure) || (failure.error.reason === 'UNAUTHENTICATED' && tries === 1);
      if (!again || clock.now() - lostAt >= patienceMs) throw failure.error;
      await clock.wait(backoffMs(tries, random), stop).catch(() => undefined);
    }
    if (closed.aborted && signal?.aborted !== true) throw closed.reason;
  }

  /** Yields what one stream delivers; returns why it ended. Throws what no new stream can mend. */
  async *#oneStream(stop: AbortSignal): AsyncGenerator<Delivery, { readonly failure: Failure; readonly answered: boolean }> {
    let token: string | undefined;
    let queue: EventQueue | undefined;
    this.#windows.forget();
    try {
      const opened = await this.#calls.serverStream(
        { ...HubServiceService.subscribe, responseDeserialize: readEntry },
        {
          purpose: this.#options.purpose,
          filter: this.#filter,
          cursor: view(this.#cursor ?? new Uint8Array()),
          from: this.#options.from === 'beginning' ? SubscribeFrom.SUBSCRIBE_FROM_BEGINNING : SubscribeFrom.SUBSCRIBE_FROM_NOW,
        },
      );
      token = opened.token;
      queue = new EventQueue(opened.stream, this.#options.maxBytesAhead ?? 4 * 1024 * 1024, stop);
    } catch (cause) {
      return { failure: this.#calls.failure(cause, token), answered: false };
    }
    let answered = false;
    try {
      for (;;) {
        const next = await queue.next();
        if (next.kind === 'end') {
          const cause = next.cause ?? new CorridorError('UNAVAILABLE', `${this.#calls.address} ended the stream`);
          return { failure: this.#calls.failure(cause, token), answered };
        }
        answered = true;
        this.#connected = true;
        const delivery = await this.#take(next.entry);
        if (delivery !== undefined) yield delivery;
      }
    } finally {
      this.#connected = false;
      queue.close();
    }
  }

  async #take({ event }: Entry): Promise<Delivery | undefined> {
    switch (event?.$case) {
      case 'delivery':
        return this.#delivery(event.value);
      case 'mark':
        this.#cursor = event.value.cursor;
        return undefined;
      case 'windowOpened':
        this.#windows.opened(event.value.windowId);
        return undefined;
      case 'windowClosed': {
        const receipt = this.#windows.closed(event.value);
        await this.#options.onReceipt?.(receipt);
        return undefined;
      }
      case undefined:
        // An event that only a newer contract knows.
        return undefined;
    }
  }

  #delivery({ batch: bytes, salt, publishTime, expireTime }: DeliveryMessage): Delivery {
    const place = this.#windows.delivered(salt, bytes);
    return { ...place, batch: ViewBatch.decode(bytes), publishTime, expireTime, raw: { bytes, salt } };
  }
}

/** What an event takes in memory beyond its bytes, roughly. */
const OVERHEAD_BYTES = 128;

/** Keeps the size with each event, for the bound on what is read ahead. */
const readEntry = (bytes: Buffer): Entry => ({ event: SubscribeResponse.decode(bytes).event, size: bytes.length + OVERHEAD_BYTES });
