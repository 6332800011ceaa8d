import type { Clock } from '@corridor/kernel';
import type { PolicyRevision } from '@corridor/policy';
import { CONFIRMATION_MS } from './policy-view.ts';

/** A moment by the calendar, which may be set, and by the time that may stand still while the machine sleeps. */
export interface Moment {
  readonly date: number;
  readonly time: number;
}
export const momentOf = (clock: Clock): Moment => ({ date: clock.now(), time: clock.monotonic() });
const BEFORE_ALL_TIME: Moment = { date: Number.NEGATIVE_INFINITY, time: Number.NEGATIVE_INFINITY };

/** The ends of both topics as they were asked for at a moment, taken before asking. */
interface Asked {
  readonly at: Moment;
  readonly ends: PolicyRevision;
}

/** Whether a revision is at least as new as another. */
export const covers = (revision: PolicyRevision, other: PolicyRevision): boolean =>
  revision.registry >= other.registry && revision.consents >= other.consents;

/** Remembers up to when the policy state is known to be the whole of it. Time is conservative: the moment before asking. */
export class Confirmation {
  #pending: readonly Asked[] = [];
  #at = BEFORE_ALL_TIME;

  /** The ends were asked at `at` and the state has come to `revision`. */
  asked(at: Moment, ends: PolicyRevision, revision: PolicyRevision): void {
    this.#pending = [...this.#pending.filter((asked) => at.time - asked.at.time < CONFIRMATION_MS), { at, ends }];
    this.reached(revision);
  }

  /** The state has come to `revision`. */
  reached(revision: PolicyRevision): void {
    const met = this.#pending.filter(({ ends }) => covers(revision, ends));
    if (met.length === 0) return;
    this.#at = met.map(({ at }) => at).reduce((one, other) => (one.time > other.time ? one : other));
    this.#pending = this.#pending.filter(({ ends }) => !covers(revision, ends));
  }

  /** How long ago what was confirmed last was asked for, ms: the longer of both times. Infinite when nothing was. */
  age({ date, time }: Moment): number {
    return Math.max(date - this.#at.date, time - this.#at.time);
  }

  /** A calendar that was set back confirms nothing before what was asked, and never for longer. */
  holds(now: Moment): boolean {
    return now.date >= this.#at.date && this.age(now) < CONFIRMATION_MS;
  }
}
