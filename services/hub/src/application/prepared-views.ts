import { deliveryLeaf, SALT_SIZE } from '@corridor/merkle';
import { retentionEnd } from '@corridor/policy';
import type { AllowedView } from '../domain/allowed-views.ts';
import type { ReadableRecord } from '../domain/folded-record.ts';
import { viewOf, type BatchView, type Geography } from '../domain/view.ts';

/** A delivery, ready to be written as it is to any number of subscribers. */
export interface PreparedView {
  readonly record: ReadableRecord;
  readonly allowed: AllowedView;
  /** The whole message of a subscription, serialised. */
  readonly message: Buffer;
  /** Until then its reader may keep it, ms since the epoch; from then on it is not sent. */
  readonly expireTime: number;
  /** Its leaf in delivery windows. */
  readonly leaf: Uint8Array;
}

/** Translates views into bytes. */
export interface ViewCodec {
  encodeView(view: BatchView): Uint8Array;
  encodeDelivery(delivery: {
    readonly batch: Uint8Array;
    readonly salt: Uint8Array;
    readonly publishTime: number;
    readonly expireTime: number;
  }): Buffer;
}

/** Builds and serialises each view of a record once, however many subscribers have it. */
export class PreparedViews {
  readonly #geography: Geography;
  readonly #codec: ViewCodec;
  readonly #random: (size: number) => Uint8Array;
  readonly #prepared = new WeakMap<ReadableRecord, Map<string, PreparedView | 'empty'>>();

  constructor(geography: Geography, codec: ViewCodec, random: (size: number) => Uint8Array) {
    this.#geography = geography;
    this.#codec = codec;
    this.#random = random;
  }

  /** The view; undefined when it shows nothing. */
  prepare(record: ReadableRecord, allowed: AllowedView): PreparedView | undefined {
    let views = this.#prepared.get(record);
    if (views === undefined) {
      views = new Map();
      this.#prepared.set(record, views);
    }
    let prepared = views.get(allowed.key);
    if (prepared === undefined) {
      prepared = this.#build(record, allowed);
      views.set(allowed.key, prepared);
    }
    return prepared === 'empty' ? undefined : prepared;
  }

  #build(record: ReadableRecord, allowed: AllowedView): PreparedView | 'empty' {
    const { indexes, obligations } = allowed;
    const view = viewOf(record, indexes, obligations, this.#geography);
    if (view === undefined) return 'empty';
    const batch = this.#codec.encodeView(view);
    const salt = this.#random(SALT_SIZE);
    const expireTime = retentionEnd(record.time, view.handling.retentionDays);
    const message = this.#codec.encodeDelivery({ batch, salt, publishTime: record.time, expireTime });
    return { record, allowed, message, expireTime, leaf: deliveryLeaf(salt, batch) };
  }
}
