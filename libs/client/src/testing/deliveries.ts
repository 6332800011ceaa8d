import { randomBytes } from 'node:crypto';
import { deliveryLeaf, WindowTree } from '@corridor/merkle';
import type { SubscribeResponse } from '@corridor/contracts/hub/v1/hub';
import { ViewBatch } from '@corridor/contracts/hub/v1/updates';

/** The events of one delivery window as a node sends them. */
export class WindowScript {
  readonly windowId: string;
  readonly #tree = new WindowTree();

  constructor(windowId: string) {
    this.windowId = windowId;
  }

  open(): SubscribeResponse {
    return { event: { $case: 'windowOpened', value: { windowId: this.windowId } } };
  }

  /** A delivery of one series, named so that a test can tell deliveries apart; `padding` bytes make it larger. */
  delivery(series: string, padding = 0): SubscribeResponse {
    const batch = Buffer.from(ViewBatch.encode(ViewBatch.fromPartial({ series, watermark: 'x'.repeat(padding) })).finish());
    const salt = randomBytes(16);
    this.#tree.add(deliveryLeaf(salt, batch));
    return { event: { $case: 'delivery', value: { batch, salt, publishTime: new Date(0), expireTime: undefined } } };
  }

  close(): SubscribeResponse {
    const { size, root } = this.#tree.head();
    const value = { windowId: this.windowId, size: BigInt(size), root: Buffer.from(root), position: { partition: 1, offset: 7n } };
    return { event: { $case: 'windowClosed', value } };
  }
}

/** A cursor mark. */
export const mark = (cursor: string): SubscribeResponse => ({ event: { $case: 'mark', value: { cursor: Buffer.from(cursor) } } });
