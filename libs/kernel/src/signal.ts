/** Something that happens again and again; whoever waits learns of the next time only. */
export class Signal {
  #next = Promise.withResolvers<void>();

  /** Wakes everyone who waits. */
  fire(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers<void>();
  }

  /** Resolves at the next `fire`. */
  get next(): Promise<void> {
    return this.#next.promise;
  }
}
