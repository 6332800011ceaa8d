import { every, type Documents, type Leases } from '@corridor/documents';
import { CorridorError, isPassing, type Clock } from '@corridor/kernel';
import type { Report } from '@corridor/runtime';
import type { Rule } from '../domain/rule.ts';
import { Woken } from './woken.ts';

/** How long to wait before it is tried again after a store was out of reach, ms. */
const RETRY = 1000;
/** How often the rules are looked through for what a replica left that died, and for how long one has a rule to itself, ms. */
const LOOK_EVERY = 10_000;
const LEASE = 3000;

export interface CatchUpDependencies {
  readonly rules: Documents<Rule>;
  /** Up to which edition each rule has evaluated what was there; id: that of the rule. */
  readonly done: Documents<number>;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly report: Report;
  /** Lets a rule evaluate everything that is there. Idempotent. */
  evaluate(rule: Rule): Promise<void>;
}

/**
 * Evaluates what was there before for rules that were activated so, and goes on after a crash. One replica at a time has a
 * rule: what is evaluated twice changes nothing, but two that begin the same episode at two ends would make two of it.
 */
export class CatchUp {
  readonly #deps: CatchUpDependencies;
  readonly #job: Woken;

  constructor(deps: CatchUpDependencies) {
    this.#deps = deps;
    this.#job = new Woken(deps.clock, (stopping) => this.#look(stopping));
  }

  start(): void {
    this.#job.start();
  }

  /** A rule was activated. */
  wake(): void {
    this.#job.wake();
  }

  stop(): Promise<void> {
    return this.#job.stop();
  }

  async #look(stopping: AbortSignal): Promise<number> {
    try {
      return (await this.#lookThrough(stopping)) ? LOOK_EVERY : LEASE;
    } catch (error) {
      if (!stopping.aborted) this.#deps.report(isPassing(error) ? 'warn' : 'error', 'alerts.history-unread', { reason: CorridorError.from(error).reason });
      return RETRY;
    }
  }

  /** Whether nothing is left to others. */
  async #lookThrough(stopping: AbortSignal): Promise<boolean> {
    let isAllDone = true;
    const { rules, done, leases, evaluate } = this.#deps;
    for await (const { doc: rule } of every(rules, 'all', { from: '' })) {
      if (stopping.aborted) return isAllDone;
      if (rule.state !== 'active' || rule.evaluatesFrom !== 0) continue;
      if (((await done.get(rule.id))?.doc ?? 0) >= rule.edition) continue;
      const isDone = await leases.during(`history/${rule.id}`, LEASE, async () => {
        await evaluate(rule);
        await done.putAll([{ kind: 'put', id: rule.id, doc: rule.edition }]);
      });
      isAllDone &&= isDone;
    }
    return isAllDone;
  }
}
