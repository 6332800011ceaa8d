/**
 * A question that many ask at once and that is put once for all of them. An answer counts only for those who asked before
 * it was put, so that nobody is told what was true before its call.
 */
export class SharedAsk<T> {
  readonly #put: () => Promise<T>;
  #under: Promise<unknown> | undefined;
  #next: Promise<T> | undefined;

  constructor(put: () => Promise<T>) {
    this.#put = put;
  }

  /** The answer to a question that is put after the call. */
  ask(): Promise<T> {
    if (this.#under === undefined) return this.#begin();
    const again = (): Promise<T> => {
      this.#next = undefined;
      return this.#begin();
    };
    this.#next ??= this.#under.then(again, again);
    return this.#next;
  }

  #begin(): Promise<T> {
    const answer = this.#put();
    this.#under = answer;
    const over = (): void => {
      if (this.#under === answer) this.#under = undefined;
    };
    answer.then(over, over);
    return answer;
  }
}
