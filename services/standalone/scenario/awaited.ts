import type { CorridorError } from '@corridor/kernel';

/** What somebody waits for: told whenever it may have come, or that it never will. */
export class Awaited {
  #waiting: (() => void)[] = [];
  #failure: CorridorError | undefined;

  /** Something has changed. */
  changed(): void {
    const woken = this.#waiting;
    this.#waiting = [];
    for (const wake of woken) wake();
  }

  /** Nothing will come any more. */
  failed(error: CorridorError): void {
    this.#failure = error;
    this.changed();
  }

  /** Resolves when `holds`. @throws CorridorError what it failed of; the signal's reason */
  async until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    while (!holds()) {
      if (this.#failure !== undefined) throw this.#failure;
      signal.throwIfAborted();
      await new Promise<void>((wake) => {
        this.#waiting.push(wake);
        signal.addEventListener('abort', () => wake(), { once: true });
      });
    }
  }
}
