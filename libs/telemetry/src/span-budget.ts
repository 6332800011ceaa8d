/** How many spans of one kind there are for one thing, and for how many things that is remembered. */
const MOST_EACH = 8;
const REMEMBERED = 1000;

/** Bounds the spans of what is handed to any number of subscribers: the first few show the way, the others are counted elsewhere. */
export class SpanBudget {
  readonly #taken = new Map<string, number>();

  /** Whether there may be one more span for a thing. */
  take(thing: string): boolean {
    const taken = this.#taken.get(thing) ?? 0;
    if (taken >= MOST_EACH) return false;
    this.#taken.set(thing, taken + 1);
    if (this.#taken.size > REMEMBERED) {
      for (const oldest of this.#taken.keys()) {
        this.#taken.delete(oldest);
        break;
      }
    }
    return true;
  }
}
