import { type Clock, CorridorError } from '@corridor/kernel';
import type { Observe } from './connection.ts';
import { faultName, isPassingFault, refusalOf } from './faults.ts';

const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 1000;

/** Failures one after the other, until something works. */
export interface Spell {
  /** Waits, longer each time, at most until the signal aborts. */
  failed(error: unknown, signal: AbortSignal): Promise<void>;
  worked(): void;
  /** Whoever tried has ended: what failed for it says nothing any more. */
  ended(): void;
}

/** Keeps trying what fails for a passing reason, and tells when the cluster goes out of reach and comes back. */
export class Patience {
  readonly clock: Clock;
  readonly #limitMs: number;
  readonly #observe: Observe;
  #failing = 0;

  constructor(clock: Clock, limitMs: number, observe: Observe) {
    this.clock = clock;
    this.#limitMs = limitMs;
    this.#observe = observe;
  }

  /** For how long a call waits for the cluster, ms. */
  get limitMs(): number {
    return this.#limitMs;
  }

  /** Tries until it is done or the caller's patience is at its end. @throws CorridorError UNAVAILABLE, and what does not pass */
  async call<T>(attempt: () => Promise<T>): Promise<T> {
    const until = this.clock.monotonic() + this.#limitMs;
    return this.#again(attempt, (error) => isPassingFault(error) && this.clock.monotonic() < until);
  }

  /** Tries until it is done. @throws CorridorError what does not pass; the signal's reason when it aborts first */
  async persist<T>(attempt: () => Promise<T>, signal: AbortSignal, isAlsoPassing: (error: unknown) => boolean = () => false): Promise<T> {
    return this.#again(attempt, (error) => isPassingFault(error) || isAlsoPassing(error), signal);
  }

  /** Asks, every so many milliseconds, until the brokers agree. @throws CorridorError UNAVAILABLE when they do not in time, and what does not pass */
  async until(agreed: () => Promise<boolean>, everyMs: number): Promise<void> {
    for (const end = this.clock.monotonic() + this.#limitMs; !(await this.call(agreed)); await this.clock.wait(everyMs)) {
      if (this.clock.monotonic() >= end) throw new CorridorError('UNAVAILABLE', 'the brokers have not taken the change yet');
    }
  }

  spell(): Spell {
    let wait = FIRST_WAIT_MS;
    let failing = false;
    const end = (): void => {
      if (failing && --this.#failing === 0) this.#observe({ kind: 'reachable' });
      failing = false;
      wait = FIRST_WAIT_MS;
    };
    return {
      failed: async (error, signal) => {
        if (!failing && this.#failing++ === 0) this.#observe({ kind: 'unreachable', fault: faultName(error) });
        failing = true;
        await this.clock.wait(wait, signal).catch(() => undefined);
        wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      },
      worked: end,
      ended: end,
    };
  }

  async #again<T>(attempt: () => Promise<T>, goesOn: (error: unknown) => boolean, signal?: AbortSignal): Promise<T> {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      signal?.throwIfAborted();
      try {
        return await attempt();
      } catch (error) {
        if (!goesOn(error)) throw refusalOf(error);
      }
      await this.clock.wait(wait, signal);
    }
  }
}
