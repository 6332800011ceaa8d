import { CorridorError, type Quota } from '@corridor/kernel';
import type { Db } from 'mongodb';
import { withFailures } from './failure.ts';
import type { Stamps } from './stamps.ts';

/** What every collection of a store works with. It knows which calls run, so that closing can wait for them. */
export class Access {
  readonly db: Db;
  readonly stamps: Stamps;
  readonly #queue: Quota;
  readonly #running = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(db: Db, queue: Quota, stamps: Stamps) {
    this.db = db;
    this.#queue = queue;
    this.stamps = stamps;
  }

  /** Runs a call. @throws CorridorError UNAVAILABLE when the store is closed, and what `failure` makes of the driver's errors */
  async call<R>(work: () => Promise<R>): Promise<R> {
    this.refuseClosed();
    const running = withFailures(work);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Runs a write that waits with `bytes` bytes. @throws CorridorError QUEUE_FULL, and what `call` throws */
  async write<R>(bytes: number, work: () => Promise<R>): Promise<R> {
    return this.call(async () => this.#queue.during(bytes, work));
  }

  refuseClosed(): void {
    if (this.#isClosed) throw new CorridorError('UNAVAILABLE', 'the document store is closed');
  }

  /** From now on nothing is begun; resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#running);
  }
}
