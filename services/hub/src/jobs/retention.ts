import type { Leases } from '@corridor/documents';
import { CorridorError } from '@corridor/kernel';
import type { Report } from '@corridor/runtime';
import { destroyExpired, type DestroyDependencies } from '../application/destroy-keys.ts';

/** How often keys past their retention are looked for, ms. */
const EVERY = 3_600_000;
/** For how long a replica holds the job, ms. */
const LEASE = 600_000;

/** Destroys the data keys of every month that is over, at the start and then every hour; one replica at a time. */
export class RetentionJob {
  readonly #leases: Leases;
  readonly #deps: DestroyDependencies;
  readonly #report: Report;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(leases: Leases, deps: DestroyDependencies, report: Report) {
    this.#leases = leases;
    this.#deps = deps;
    this.#report = report;
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
        if (await this.#leases.hold('retention', LEASE)) await destroyExpired(this.#deps);
      } catch (error) {
        this.#report('error', 'hub.retention-failed', { reason: CorridorError.from(error).reason });
      }
      await this.#deps.clock.wait(EVERY, signal).catch(() => undefined);
    }
  }
}
