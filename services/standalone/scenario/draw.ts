/** Draws whole numbers that depend on a seed alone (xorshift32; Marsaglia, Journal of Statistical Software 8(14), 2003). */
export class Draw {
  #state: number;

  /** @param seed any whole number but 0 */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return least + (this.#state % (most - least + 1));
  }
}
