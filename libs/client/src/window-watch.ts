import { CorridorError, equalBytes, toHex } from '@corridor/kernel';
import { deliveryLeaf, WindowTree } from '@corridor/merkle';
import type { WindowClosed } from '@corridor/contracts/hub/v1/hub';
import type { LogPosition } from '@corridor/contracts/common/v1/vocabulary';

/**
 * What a reader keeps of one delivery window: the node has put on record that it delivered exactly these messages, in
 * this order. The root was computed here, from the bytes that arrived, and is the node's.
 */
export interface WindowReceipt {
  readonly windowId: string;
  /** Number of deliveries. */
  readonly size: number;
  /** RFC 6962 root over the leaves, 32 bytes. */
  readonly root: Uint8Array;
  /** Where the closing record stands in corridor.record.v1: what the audit service proves. */
  readonly position: LogPosition;
  /** The leaf hashes in order of delivery, 32 bytes each, one after the other. */
  readonly leaves: Uint8Array;
}

/** Where a delivery stands in its window. */
export interface PlaceInWindow {
  readonly windowId: string;
  readonly index: number;
}

/** Follows the windows of a subscription: 32 bytes for each delivery of each window that is open. */
export class WindowWatch {
  readonly #most: number;
  readonly #open = new Map<string, WindowTree>();
  #current: string | undefined;
  #kept = 0;

  /** @param most deliveries, over all open windows, whose leaves are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  /** The following deliveries belong to this window. */
  opened(windowId: string): void {
    this.#current = windowId;
    if (!this.#open.has(windowId)) this.#open.set(windowId, new WindowTree());
  }

  /** @throws CorridorError RECEIPT_MISMATCH when no window is open, or more is delivered without one being closed than is kept. */
  delivered(salt: Uint8Array, bytes: Uint8Array): PlaceInWindow {
    const tree = this.#current === undefined ? undefined : this.#open.get(this.#current);
    if (this.#current === undefined || tree === undefined) {
      throw new CorridorError('RECEIPT_MISMATCH', 'the node delivered outside of any window on record');
    }
    if (this.#kept >= this.#most) {
      throw new CorridorError('RECEIPT_MISMATCH', `the node leaves more than ${this.#most} deliveries in windows that it does not close`, {
        windowId: this.#current,
      });
    }
    this.#kept += 1;
    return { windowId: this.#current, index: tree.add(deliveryLeaf(salt, bytes)) };
  }

  /**
   * The receipt of a window that the node has closed.
   * @throws CorridorError RECEIPT_MISMATCH when what is on record is not what arrived.
   */
  closed({ windowId, size, root, position }: WindowClosed): WindowReceipt {
    const tree = this.#open.get(windowId);
    if (tree === undefined) throw new CorridorError('RECEIPT_MISMATCH', 'the node closed a window that it never opened', { windowId });
    const head = tree.head();
    if (BigInt(head.size) !== size || !equalBytes(head.root, root)) {
      throw new CorridorError(
        'RECEIPT_MISMATCH',
        `window ${windowId} is on record with ${size} deliveries under ${toHex(root)}; ${head.size} arrived, under ${toHex(head.root)}`,
        { windowId },
      );
    }
    if (position === undefined) throw new CorridorError('RECEIPT_MISMATCH', 'the node does not say where the window is on record', { windowId });
    this.#open.delete(windowId);
    this.#kept -= head.size;
    if (this.#current === windowId) this.#current = undefined;
    return { windowId, size: head.size, root: head.root, position, leaves: tree.leaves() };
  }

  /** The stream broke: its windows will not be closed on a new one. */
  forget(): void {
    this.#open.clear();
    this.#current = undefined;
    this.#kept = 0;
  }
}
