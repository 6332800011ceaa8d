/** Something that happens again and again; whoever waits is woken by the next time, however many wait. */
export class Bell {
  #next = Promise.withResolvers<void>();

  ring(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers<void>();
  }

  /** Resolves at the next ring, at the latest when `signal` aborts; never rejects. */
  async next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    signal.addEventListener('abort', wake, { once: true });
    await Promise.race([this.#next.promise, promise]);
    signal.removeEventListener('abort', wake);
  }
}
