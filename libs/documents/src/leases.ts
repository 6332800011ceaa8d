import { type Clock, CorridorError, fromUtf8, newUuid, utf8 } from '@corridor/kernel';
import type { Documents, DocumentStore } from './documents.ts';
import { isTaken, lostRace } from './lost-race.ts';

interface Lease {
  readonly holder: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Which replica does a job that one at a time does. A lease is a hint, not a lock: a replica that stood still for longer
 * than its lease may meet the next one at work, so what the job writes must bear that.
 */
export class Leases {
  readonly #leases: Documents<Lease>;
  readonly #clock: Clock;
  readonly #holder: string;

  private constructor(leases: Documents<Lease>, clock: Clock) {
    this.#leases = leases;
    this.#clock = clock;
    this.#holder = newUuid(clock.now());
  }

  /** The leases of a service, in a collection of this name. */
  static async open(store: DocumentStore, name: string, clock: Clock): Promise<Leases> {
    const leases = await store.collection<Lease>({ name, encode: (doc) => utf8(JSON.stringify(doc)), decode: parseLease, indexes: {} });
    return new Leases(leases, clock);
  }

  /** Gives the job up when this replica holds it, so that the next one need not wait for the end of the lease. */
  async release(job: string): Promise<void> {
    const there = await this.#leases.get(job);
    if (there?.doc.holder === this.#holder) await this.#unlessTaken(this.#leases.commit(job, there.version, { holder: this.#holder, until: 0 }));
  }

  /** Does something as the holder of a job, for as long as it takes; false, and not done, when another replica holds it. */
  async during(job: string, forMs: number, act: () => Promise<void>): Promise<boolean> {
    if (!(await this.hold(job, forMs))) return false;
    const ended = new AbortController();
    const prolonging = this.#prolong(job, forMs, ended.signal);
    try {
      await act();
    } finally {
      ended.abort();
      await prolonging;
      // What cannot be given up ends by itself.
      await this.release(job).catch(() => undefined);
    }
    return true;
  }

  async #prolong(job: string, forMs: number, ended: AbortSignal): Promise<void> {
    for (;;) {
      await this.#clock.wait(forMs / 3, ended).catch(() => undefined);
      if (ended.aborted) return;
      // A hint only: what cannot be prolonged is done by two at worst.
      await this.hold(job, forMs).catch(() => false);
    }
  }

  /** Whether this replica holds the job, from now on for so many milliseconds. */
  async hold(job: string, forMs: number): Promise<boolean> {
    const now = this.#clock.now();
    const lease = { holder: this.#holder, until: now + forMs };
    const there = await this.#leases.get(job);
    if (there === undefined) return this.#unlessTaken(this.#leases.create(job, lease));
    if (there.doc.holder !== this.#holder && there.doc.until > now) return false;
    return this.#unlessTaken(this.#leases.commit(job, there.version, lease));
  }

  /** Whether a write went through; false when another replica was faster. */
  async #unlessTaken(write: Promise<unknown>): Promise<boolean> {
    try {
      await write;
      return true;
    } catch (error) {
      if (isTaken(error) || lostRace(error)) return false;
      throw error;
    }
  }
}

function parseLease(bytes: Uint8Array): Lease {
  const value: unknown = JSON.parse(fromUtf8(bytes));
  if (typeof value === 'object' && value !== null && 'holder' in value && 'until' in value) {
    const { holder, until } = value;
    if (typeof holder === 'string' && typeof until === 'number') return { holder, until };
  }
  throw new CorridorError('DATABASE_DAMAGED', 'the lease of a job cannot be read');
}
