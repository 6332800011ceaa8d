import { CorridorError } from '@corridor/kernel';

/** Runs at most so many works at a time and lets at most so many wait. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  readonly #most: number;
  readonly #mostWaiting: number;
  #running = 0;

  constructor(most: number, mostWaiting: number) {
    this.#most = most;
    this.#mostWaiting = mostWaiting;
  }

  /** @throws CorridorError RATE_LIMITED, without running it, when too many wait already */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#most) this.#running += 1;
    else await this.#turn();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= this.#mostWaiting) {
      throw new CorridorError('RATE_LIMITED', 'too many secrets are being checked at the moment');
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
