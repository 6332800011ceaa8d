import { type Clock, CorridorError } from '@corridor/kernel';

interface Bucket {
  readonly left: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Attempts that may follow each other at once. */
const BURST = 8;
/** One more attempt each so many milliseconds. */
const REFILL_MS = 10_000;
const MOST_NAMES = 20_000;

/**
 * A token bucket per name, whether or not anything has the name. Filling the table to push a name out takes as many slow
 * hashes as the table has places, which is longer than its bucket takes to fill by itself. Each replica has buckets of its
 * own, so that several let as many times more through: against secrets of 16 characters and more that changes nothing.
 */
export class Throttle {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one attempt. @throws CorridorError RATE_LIMITED when none is left */
  take(name: string): void {
    const now = this.#clock.now();
    const { left, at } = this.#buckets.get(name) ?? { left: BURST, at: now };
    const refilled = Math.min(BURST, left + (now - at) / REFILL_MS);
    if (refilled < 1) throw new CorridorError('RATE_LIMITED', 'too many attempts for this actor');
    this.#keep(name, { left: refilled - 1, at: now });
  }

  /** Gives an attempt back that was none: it succeeded, or could not be made. */
  giveBack(name: string): void {
    const bucket = this.#buckets.get(name);
    if (bucket !== undefined) this.#keep(name, { ...bucket, left: Math.min(BURST, bucket.left + 1) });
  }

  /** The last touched stands last; the first goes when the table is full. */
  #keep(name: string, bucket: Bucket): void {
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    if (this.#buckets.size <= MOST_NAMES) return;
    for (const oldest of this.#buckets.keys()) {
      this.#buckets.delete(oldest);
      return;
    }
  }
}
