import type { PolicyRevision } from '@corridor/policy';
import { CONFIRMATION_MS } from './policy-view.ts';

/** The ends of both topics as they were asked for at a moment, taken before asking. */
interface Asked {
  readonly at: number;
  readonly ends: PolicyRevision;
}

/** Whether a revision is at least as new as another. */
export const covers = (revision: PolicyRevision, other: PolicyRevision): boolean =>
  revision.registry >= other.registry && revision.consents >= other.consents;

/** Remembers up to when the policy state is known to be the whole of it. Time is conservative: the moment before asking. */
export class Confirmation {
  #pending: readonly Asked[] = [];
  #at = Number.NEGATIVE_INFINITY;

  /** The ends were asked at `at` and the state has come to `revision`. */
  asked(at: number, ends: PolicyRevision, revision: PolicyRevision): void {
    this.#pending = [...this.#pending.filter((asked) => Math.abs(at - asked.at) < CONFIRMATION_MS), { at, ends }];
    this.reached(revision);
  }

  /** The state has come to `revision`. */
  reached(revision: PolicyRevision): void {
    const met = this.#pending.filter(({ ends }) => covers(revision, ends));
    if (met.length === 0) return;
    this.#at = Math.max(...met.map(({ at }) => at));
    this.#pending = this.#pending.filter(({ ends }) => !covers(revision, ends));
  }

  /** When what was confirmed last was asked for; before all time when nothing was. */
  get at(): number {
    return this.#at;
  }

  /** Up to when what was confirmed last holds, exclusive. */
  get until(): number {
    return this.#at + CONFIRMATION_MS;
  }

  /** A clock that was set back confirms nothing until the ends are asked again. */
  holds(now: number): boolean {
    return now >= this.#at && now - this.#at < CONFIRMATION_MS;
  }
}
