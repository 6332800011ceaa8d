/** Where time comes from. Everything that reads the time or waits for it gets a clock by injection. */
export interface Clock {
  /** Milliseconds since the epoch (UTC). */
  now(): number;
  /** Milliseconds since some moment, which nobody sets: how long something took. It may stand still while the machine sleeps. */
  monotonic(): number;
  /** Resolves `ms` milliseconds later, or rejects with the signal's reason as soon as `signal` aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  wait: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};

/** A clock that moves only when told: for tests and for replaying a scenario at its own dates. */
export class ManualClock implements Clock {
  #now: number;
  /** By how much the calendar was set. */
  #set = 0;
  readonly #waiting = new Set<{ at: number; wake: () => void }>();

  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now + this.#set;
  }

  monotonic(): number {
    return this.#now;
  }

  /** Sets the calendar forward by `ms`, or back; nobody is woken by it, as on a machine. */
  setBy(ms: number): void {
    this.#set += ms;
  }

  /** Moves time forward by `ms` and wakes, in order, everyone whose moment has come. */
  advance(ms: number): void {
    this.#now += ms;
    const due = [...this.#waiting].filter((w) => w.at <= this.#now).sort((a, b) => a.at - b.at);
    for (const waiter of due) {
      this.#waiting.delete(waiter);
      waiter.wake();
    }
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        this.#waiting.delete(waiter);
        reject(signal?.reason);
      };
      const waiter = {
        at: this.#now + ms,
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      this.#waiting.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}
