import type { Clock } from '@corridor/kernel';

const MICROSECONDS = 1000;

/**
 * When something was committed, for putting what different documents wait to publish into an order. Stamps rise within a
 * process, whatever its clock does; those of two replicas stand in the order of their clocks.
 */
export class Stamps {
  readonly #clock: Clock;
  #last = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Microseconds since the epoch, higher than all before. */
  next(): number {
    this.#last = Math.max(this.#last + 1, this.#clock.now() * MICROSECONDS);
    return this.#last;
  }
}
