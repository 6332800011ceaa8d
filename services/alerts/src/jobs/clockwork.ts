import type { Leases } from '@corridor/documents';
import { CorridorError, isPassing, type Clock } from '@corridor/kernel';
import type { Report } from '@corridor/runtime';
import { Woken } from './woken.ts';

/** For how long a replica holds the job, ms; and how long it waits at most before it looks again. */
const LEASE = 3000;
const LOOK_EVERY = 1000;
const JOB = 'clockwork';

export interface ClockworkDependencies {
  readonly leases: Leases;
  readonly clock: Clock;
  readonly report: Report;
  /** Does what is due now. Idempotent. */
  act(): Promise<void>;
  /** When the next thing is due, milliseconds since the epoch. */
  next(): Promise<number>;
}

/** What happens to alerts by the clock: duties escalate, alerts end, what may be kept no longer goes. One replica at a time. */
export class Clockwork {
  readonly #deps: ClockworkDependencies;
  readonly #job: Woken;
  #heldUntil = 0;

  constructor(deps: ClockworkDependencies) {
    this.#deps = deps;
    this.#job = new Woken(deps.clock, (stopping) => this.#look(stopping));
  }

  start(): void {
    this.#job.start();
  }

  /** Something was stored that is due at a time. */
  wake(): void {
    this.#job.wake();
  }

  async stop(): Promise<void> {
    await this.#job.stop();
    // What cannot be given up ends by itself.
    await this.#deps.leases.release(JOB).catch(() => undefined);
  }

  async #look(stopping: AbortSignal): Promise<number> {
    const { clock, report, act, next } = this.#deps;
    try {
      if (await this.#holds()) {
        await act();
        return Math.min(LOOK_EVERY, Math.max(0, (await next()) - clock.now()));
      }
    } catch (error) {
      if (!stopping.aborted) report(isPassing(error) ? 'warn' : 'error', 'alerts.clockwork-failed', { reason: CorridorError.from(error).reason });
    }
    return LOOK_EVERY;
  }

  /** Whether this replica holds the job; asked of the store only when half of the lease is over, since it is asked often. */
  async #holds(): Promise<boolean> {
    const now = this.#deps.clock.now();
    if (now < this.#heldUntil - LEASE / 2) return true;
    this.#heldUntil = (await this.#deps.leases.hold(JOB, LEASE)) ? now + LEASE : 0;
    return this.#heldUntil > 0;
  }
}
