import { Signal, type Clock } from '@corridor/kernel';

/** Does something again and again: after the pause that it says itself, or as soon as it is woken. */
export class Woken {
  readonly #clock: Clock;
  /** Returns for how long to pause, ms; never rejects. */
  readonly #act: (stopping: AbortSignal) => Promise<number>;
  readonly #stopping = new AbortController();
  readonly #woken = new Signal();
  #running: Promise<void> = Promise.resolve();

  constructor(clock: Clock, act: (stopping: AbortSignal) => Promise<number>) {
    this.#clock = clock;
    this.#act = act;
  }

  start(): void {
    this.#running = this.#run();
  }

  wake(): void {
    this.#woken.fire();
  }

  /** Resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // Taken before acting, so that nothing that comes in between is missed.
      const woken = this.#woken.next;
      const pause = await this.#act(signal);
      const ended = new AbortController();
      await Promise.race([woken, this.#clock.wait(pause, AbortSignal.any([signal, ended.signal])).catch(() => undefined)]);
      ended.abort();
    }
  }
}
