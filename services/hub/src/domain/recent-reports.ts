import type { ThreadHead } from './thread.ts';

/**
 * The heads of the reports that arrived last, in bounded memory. The id of a report starts with its time (RFC 9562), so
 * one number is enough to know that a report that is not held was never seen: the highest time among those that have been
 * forgotten. Only reports up to that time have to be looked up elsewhere.
 */
export class RecentReports {
  readonly #limit: number;
  #young = new Map<string, { readonly time: number; readonly head: ThreadHead }>();
  #old = new Map<string, { readonly time: number; readonly head: ThreadHead }>();
  #forgottenUpTo: number;

  /** @param limit how many reports each of two generations holds. @param forgottenUpTo highest time of one seen before. */
  constructor(limit: number, forgottenUpTo: number) {
    this.#limit = limit;
    this.#forgottenUpTo = forgottenUpTo;
  }

  /**
   * The head of a report; `unseen` when there surely is none; `unknown` when it must be looked up.
   * @param key of the report, unique over all series. @param time the time its id starts with, ms.
   */
  find(key: string, time: number): ThreadHead | 'unseen' | 'unknown' {
    const held = this.#young.get(key) ?? this.#old.get(key);
    if (held !== undefined) return held.head;
    return time > this.#forgottenUpTo ? 'unseen' : 'unknown';
  }

  put(key: string, time: number, head: ThreadHead): void {
    this.#old.delete(key);
    this.#young.set(key, { time, head });
    if (this.#young.size < this.#limit) return;
    for (const forgotten of this.#old.values()) this.#forgottenUpTo = Math.max(this.#forgottenUpTo, forgotten.time);
    this.#old = this.#young;
    this.#young = new Map();
  }
}
