/**
 * Lets the events of each subject through in version order: repeats are dropped, an event that came before its
 * predecessor waits for it. A version of 0 stands outside every order.
 */
export class InOrder<E extends { readonly subject: string; readonly version: number }> {
  readonly #last = new Map<string, number>();
  readonly #early = new Map<string, Map<number, E>>();

  /** Whether an event waits for one that has not come. */
  get waiting(): boolean {
    return this.#early.size > 0;
  }

  /** What this event lets through, in order: none, itself, or itself and those that waited for it. */
  take(event: E): readonly E[] {
    if (event.version === 0) return [event];
    const last = this.#last.get(event.subject) ?? 0;
    if (event.version <= last) return [];
    const early = this.#early.get(event.subject) ?? new Map<number, E>();
    early.set(event.version, event);
    const due: E[] = [];
    for (let next = early.get(last + 1); next !== undefined; next = early.get(next.version + 1)) {
      early.delete(next.version);
      due.push(next);
    }
    const reached = due.at(-1);
    if (reached !== undefined) this.#last.set(event.subject, reached.version);
    if (early.size > 0) this.#early.set(event.subject, early);
    else this.#early.delete(event.subject);
    return due;
  }
}
