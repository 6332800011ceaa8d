import type { Documents, DocumentStore } from '@corridor/documents';
import { CorridorError, fromUtf8, newUuid, utf8, type Clock } from '@corridor/kernel';
import type { Report } from '@corridor/runtime';
import { destroyExpired, type DestroyDependencies } from '../application/destroy-keys.ts';

/** How often keys past their retention are looked for, ms. */
const EVERY = 3_600_000;
/** For how long a replica holds the job, ms. */
const LEASE = 600_000;
const JOB = 'retention';

interface Lease {
  readonly holder: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Destroys the data keys of every month that is over, at the start and then every hour; one replica at a time. */
export class RetentionJob {
  readonly #leases: Documents<Lease>;
  readonly #deps: DestroyDependencies;
  readonly #report: Report;
  readonly #holder: string;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  private constructor(leases: Documents<Lease>, deps: DestroyDependencies, report: Report) {
    this.#leases = leases;
    this.#deps = deps;
    this.#report = report;
    this.#holder = newUuid(deps.clock.now());
  }

  static async open(store: DocumentStore, deps: DestroyDependencies, report: Report): Promise<RetentionJob> {
    const leases = await store.collection<Lease>({
      name: 'hub-leases',
      encode: (doc) => utf8(JSON.stringify(doc)),
      decode: parseLease,
      indexes: {},
    });
    return new RetentionJob(leases, deps, report);
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
        if (await this.#hold(this.#deps.clock)) await destroyExpired(this.#deps);
      } catch (error) {
        this.#report('error', 'hub.retention-failed', { reason: CorridorError.from(error).reason });
      }
      await this.#deps.clock.wait(EVERY, signal).catch(() => undefined);
    }
  }

  /** Whether this replica holds the job now. */
  async #hold(clock: Clock): Promise<boolean> {
    const now = clock.now();
    const lease = { holder: this.#holder, until: now + LEASE };
    try {
      const there = await this.#leases.get(JOB);
      if (there === undefined) await this.#leases.create(JOB, lease);
      else if (there.doc.holder !== this.#holder && there.doc.until > now) return false;
      else await this.#leases.commit(JOB, there.version, lease);
      return true;
    } catch (error) {
      if (error instanceof CorridorError && (error.reason === 'ALREADY_EXISTS' || error.reason === 'VERSION_CONFLICT')) return false;
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
