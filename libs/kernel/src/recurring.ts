import type { Clock } from './clock.ts';

export interface RecurringOptions {
  readonly clock: Clock;
  /** Milliseconds between the end of one time and the beginning of the next. */
  readonly everyMs: number;
  /** Does it once; ends early when the signal aborts. */
  act(signal: AbortSignal): Promise<void>;
  /** Told what a time failed of; the next comes all the same. */
  failed(error: unknown): void;
}

/** Something that is done at once and then again and again until it is stopped. */
export class Recurring {
  readonly #options: RecurringOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: RecurringOptions) {
    this.#options = options;
  }

  /** Resolves when it was done, or failed, for the first time; who need not wait for that does not. */
  start(): Promise<void> {
    const first = this.#once();
    this.#running = first.then(() => this.#again());
    return first;
  }

  /** Resolves when what is under way has ended. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #again(): Promise<void> {
    const { clock, everyMs } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.wait(everyMs, signal).catch(() => undefined);
      if (!signal.aborted) await this.#once();
    }
  }

  async #once(): Promise<void> {
    try {
      await this.#options.act(this.#stopping.signal);
    } catch (error) {
      this.#options.failed(error);
    }
  }
}
