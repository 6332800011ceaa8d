import type { Corridor, Delivery, Subscription, WindowReceipt } from '@corridor/client';
import type { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import type { UpdateView, ViewBatch } from '@corridor/contracts/hub/v1/updates';
import { CorridorError } from '@corridor/kernel';
import { Awaited } from '../awaited.ts';

/** One update as it arrived. */
export interface Arrived {
  readonly update: UpdateView;
  readonly batch: Omit<ViewBatch, 'updates'>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** One partner, who keeps everything it receives. */
export class Recipient {
  readonly agency: string;
  /** By the update's name. */
  readonly arrived = new Map<string, Arrived>();
  readonly receipts: WindowReceipt[] = [];
  readonly deliveries: Delivery[] = [];
  readonly #subscription: Subscription;
  readonly #stop = new AbortController();
  readonly #listening: Promise<void>;
  readonly #awaited = new Awaited();

  constructor(agency: string, node: Corridor, purpose: Purpose) {
    this.agency = agency;
    this.#subscription = node.subscribe({
      purpose,
      from: 'beginning',
      signal: this.#stop.signal,
      onReceipt: (receipt) => {
        this.receipts.push(receipt);
        this.#awaited.changed();
      },
    });
    this.#listening = this.#listen();
  }

  /** Resolves when `holds`. @throws CorridorError of the subscription; the signal's reason. */
  until(holds: () => boolean, late: AbortSignal): Promise<void> {
    return this.#awaited.until(holds, late);
  }

  async stop(): Promise<void> {
    this.#stop.abort(new CorridorError('UNAVAILABLE', 'the demonstration is over'));
    await this.#listening;
  }

  async #listen(): Promise<void> {
    try {
      for await (const delivery of this.#subscription) {
        const { updates, ...batch } = delivery.batch;
        for (const update of updates) this.arrived.set(update.name, { update, batch, at: Date.now() });
        this.deliveries.push(delivery);
        this.#awaited.changed();
      }
    } catch (error) {
      this.#awaited.failed(CorridorError.from(error));
    }
  }
}
