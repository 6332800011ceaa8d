import type { LogPosition } from '@corridor/contracts/common/v1/vocabulary';
import { versionKey } from '@corridor/test-e2e/received';
import type { Counts } from './reports.ts';

/** One version of a report that was sent. */
export interface Sent {
  /** Name and version, as readers see them. */
  readonly key: string;
  readonly series: string;
  readonly counts: Counts;
  /** When it was given to the node for the first time, ms. */
  readonly sentAt: number;
  /** Where it stands, once it was acknowledged. */
  position: LogPosition | undefined;
}

/** What a run published: everything that was sent, and what of it was acknowledged. */
export class Ledger {
  readonly #sent = new Map<string, Sent>();
  #acknowledged = 0;
  #last = 0;
  #longest = 0;

  /** About to be sent. */
  sending(series: string, updateId: string, version: number, counts: Counts, now: number): string {
    const key = versionKey({ name: `${series}/updates/${updateId}`, version });
    if (!this.#sent.has(key)) this.#sent.set(key, { key, series, counts, sentAt: now, position: undefined });
    return key;
  }

  acknowledged(key: string, position: LogPosition | undefined, now: number): void {
    const sent = this.#sent.get(key);
    if (sent === undefined || sent.position !== undefined || position === undefined) return;
    sent.position = position;
    this.#acknowledged += 1;
    if (this.#last > 0) this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }

  /** How many versions were acknowledged. */
  get count(): number {
    return this.#acknowledged;
  }

  /** The longest time without an acknowledgement, ms. */
  get longestSilence(): number {
    return this.#longest;
  }

  get(key: string): Sent | undefined {
    return this.#sent.get(key);
  }

  /** All that was sent. */
  get sent(): readonly Sent[] {
    return [...this.#sent.values()];
  }

  /** All that was acknowledged, in the order of sending. */
  get settled(): readonly Sent[] {
    return this.sent.filter(({ position }) => position !== undefined);
  }
}
