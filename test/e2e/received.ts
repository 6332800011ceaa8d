import type { Delivery } from '@corridor/client';

/** Name and version of a report, as a reader is shown it. */
export const versionKey = ({ name, version }: { readonly name: string; readonly version: number }): string => `${name}@${version}`;

/**
 * What one subscriber has received, over every reconnection. What lies before a mark that has arrived must not come
 * again. Within one window, and so within one stream, it can be told what does; of what came in the window before, it is
 * not said.
 */
export class Received {
  /** Each version -> how often it came. */
  readonly times = new Map<string, number>();
  /** What came again though a mark behind it had arrived. */
  readonly goneBack: string[] = [];
  readonly #marked = new Set<string>();
  #unmarked: string[] = [];
  #window = '';
  #cursor: Uint8Array | undefined;

  /** @param cursor of the subscription when it gave the delivery */
  take({ batch, windowId }: Delivery, cursor: Uint8Array | undefined): void {
    if (windowId !== this.#window) {
      this.#window = windowId;
      this.#unmarked = [];
    }
    if (cursor !== this.#cursor) {
      this.#cursor = cursor;
      for (const key of this.#unmarked.splice(0)) this.#marked.add(key);
    }
    for (const update of batch.updates) {
      const key = versionKey(update);
      if (this.#marked.has(key)) this.goneBack.push(key);
      this.times.set(key, (this.times.get(key) ?? 0) + 1);
      this.#unmarked.push(key);
    }
  }

  has(key: string): boolean {
    return this.times.has(key);
  }

  /** How many deliveries of a version that had been delivered before. */
  get repeats(): number {
    return [...this.times.values()].reduce((sum, times) => sum + times - 1, 0);
  }
}
