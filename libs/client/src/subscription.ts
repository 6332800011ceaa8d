import { view } from '@corridor/kernel';
import type { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import {
  HubServiceService,
  SubscribeFrom,
  type Delivery as DeliveryMessage,
  type SubscribeResponse,
  type UpdateFilter,
} from '@corridor/contracts/hub/v1/hub';
import { ViewBatch } from '@corridor/contracts/hub/v1/updates';
import type { Hub } from './api/hub.ts';
import { entriesOf, ResumedStream, type StreamLimits } from './resumed-stream.ts';
import type { Surroundings } from './surroundings.ts';
import type { Calls } from './transport/calls.ts';
import { WindowWatch, type PlaceInWindow, type WindowReceipt } from './window-watch.ts';

/** What to receive, and from where on. */
export interface SubscribeOptions extends StreamLimits {
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

type Event = SubscribeResponse['event'];

const SUBSCRIBE = { ...HubServiceService.subscribe, responseDeserialize: entriesOf(HubServiceService.subscribe.responseDeserialize) };

class StreamSubscription implements Subscription {
  readonly #hub: Hub;
  readonly #options: SubscribeOptions;
  readonly #filter: UpdateFilter;
  readonly #windows: WindowWatch;
  readonly #stream: ResumedStream<Event, Delivery>;
  #cursor: Uint8Array | undefined;

  constructor(calls: Calls, hub: Hub, options: SubscribeOptions, surroundings: Surroundings) {
    this.#hub = hub;
    this.#options = options;
    this.#filter = options.filter ?? EVERYTHING;
    this.#windows = new WindowWatch(options.maxOpenDeliveries ?? 1_000_000);
    this.#cursor = options.cursor;
    const kind = {
      open: () => this.#open(calls),
      isMark: (event: Event) => event?.$case === 'mark',
      take: (event: Event) => this.#take(event),
    };
    this.#stream = new ResumedStream(calls, kind, options, surroundings);
  }

  get cursor(): Uint8Array | undefined {
    return this.#cursor;
  }

  get connected(): boolean {
    return this.#stream.connected;
  }

  async acknowledge(): Promise<void> {
    if (this.#cursor === undefined) return;
    await this.#hub.acknowledgeDelivery({ purpose: this.#options.purpose, filter: this.#filter, cursor: view(this.#cursor) });
  }

  [Symbol.asyncIterator](): AsyncIterator<Delivery> {
    return this.#stream[Symbol.asyncIterator]();
  }

  #open(calls: Calls) {
    this.#windows.forget();
    return calls.serverStream(SUBSCRIBE, {
      purpose: this.#options.purpose,
      filter: this.#filter,
      cursor: view(this.#cursor ?? new Uint8Array()),
      from: this.#options.from === 'beginning' ? SubscribeFrom.SUBSCRIBE_FROM_BEGINNING : SubscribeFrom.SUBSCRIBE_FROM_NOW,
    });
  }

  async #take(event: Event): Promise<Delivery | undefined> {
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
