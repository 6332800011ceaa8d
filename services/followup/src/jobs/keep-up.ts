import type { Documents, Leases } from '@corridor/documents';
import { CorridorError } from '@corridor/kernel';
import { lostRace } from '@corridor/outbox';
import type { Report } from '@corridor/runtime';
import { finishBatches } from '../application/batches.ts';
import type { Followup, Stored } from '../application/followup.ts';
import { timeKey } from '../application/stored.ts';

/** How often it looks, ms; and for how long a replica holds the job. */
const EVERY = 60_000;
const LEASE = 180_000;
const JOB = 'erasure';
const AT_A_TIME = 100;

/**
 * Finishes batches that were left over, before anything is served and then every minute: finishing one twice changes
 * nothing, so every replica does. Erases what is past its retention, one replica at a time.
 */
export class KeepUp {
  readonly #followup: Followup;
  readonly #leases: Leases;
  readonly #report: Report;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(followup: Followup, leases: Leases, report: Report) {
    this.#followup = followup;
    this.#leases = leases;
    this.#report = report;
  }

  /** Resolves when it has been done once. */
  async start(): Promise<void> {
    await this.#attempt();
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#leases.release(JOB);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#followup.clock.wait(EVERY, signal).catch(() => undefined);
      if (!signal.aborted) await this.#attempt();
    }
  }

  async #attempt(): Promise<void> {
    try {
      const { signal } = this.#stopping;
      await finishBatches(this.#followup, signal);
      if (await this.#leases.hold(JOB, LEASE)) await this.#eraseAll(signal);
    } catch (error) {
      this.#report('error', 'followup.keep-up-failed', { reason: CorridorError.from(error).reason });
    }
  }

  async #eraseAll(signal: AbortSignal): Promise<void> {
    const { meetings, recommendations, plans, contributions } = this.#followup;
    await this.#erase(meetings, signal);
    await this.#erase(recommendations, signal);
    await this.#erase(plans, signal);
    await this.#erase(contributions, signal);
  }

  /** What is past its retention leaves only that its id is taken; what the log holds of it goes with its data key. */
  async #erase<S, E>(documents: Documents<Stored<S, E>>, signal: AbortSignal): Promise<void> {
    for (let more = true; more && !signal.aborted; ) {
      const page = await documents.page('until', { from: '', to: timeKey(this.#followup.clock.now() + 1) }, undefined, AT_A_TIME);
      for (const { id, version } of page.items) {
        // Who changes it meanwhile has it looked at again.
        await documents.commit(id, version, { erased: true }).catch((error: unknown) => {
          if (!lostRace(error)) throw error;
        });
      }
      more = page.next !== undefined;
    }
  }
}
