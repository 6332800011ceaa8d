import type { Leases } from '@corridor/documents';
import { CorridorError, type Clock } from '@corridor/kernel';
import type { Report } from '@corridor/runtime';

/** How often observations past their retention are looked for, and for how long a replica holds the job, ms. */
const EVERY = 600_000;
const LEASE = 300_000;

/** Forgets observations that may be kept no longer, at the start and then every ten minutes; one replica at a time. */
export class Forgetting {
  readonly #leases: Leases;
  readonly #clock: Clock;
  readonly #report: Report;
  readonly #forget: () => Promise<number>;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(leases: Leases, clock: Clock, report: Report, forget: () => Promise<number>) {
    this.#leases = leases;
    this.#clock = clock;
    this.#report = report;
    this.#forget = forget;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        if (await this.#leases.hold('forgetting', LEASE)) {
          const reports = await this.#forget();
          if (reports > 0) this.#report('info', 'alerts.observations-forgotten', { reports });
        }
      } catch (error) {
        this.#report('error', 'alerts.forgetting-failed', { reason: CorridorError.from(error).reason });
      }
      await this.#clock.wait(EVERY, signal).catch(() => undefined);
    }
  }
}
