import { every, type Documents } from '@corridor/documents';
import { CorridorError, isPassing, Signal, type Clock } from '@corridor/kernel';
import type { Report } from '@corridor/runtime';
import type { Rule } from '../domain/rule.ts';

/** How long to wait before it is tried again after a store was out of reach, ms. */
const RETRY = 1000;

export interface CatchUpDependencies {
  readonly rules: Documents<Rule>;
  /** Up to which edition each rule has evaluated what was there; id: that of the rule. */
  readonly done: Documents<number>;
  readonly clock: Clock;
  readonly report: Report;
  /** Lets a rule evaluate everything that is there. Idempotent. */
  evaluate(rule: Rule): Promise<void>;
}

/**
 * Evaluates what was there before for rules that were activated so, and goes on after a crash. Every replica may do it:
 * what is evaluated twice changes nothing.
 */
export class CatchUp {
  readonly #deps: CatchUpDependencies;
  readonly #stopping = new AbortController();
  readonly #woken = new Signal();
  #running: Promise<void> = Promise.resolve();

  constructor(deps: CatchUpDependencies) {
    this.#deps = deps;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** A rule was activated. */
  wake(): void {
    this.#woken.fire();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, report } = this.#deps;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const woken = this.#woken.next;
      try {
        await this.#look();
        await woken;
      } catch (error) {
        if (signal.aborted) return;
        report(isPassing(error) ? 'warn' : 'error', 'alerts.history-unread', { reason: CorridorError.from(error).reason });
        await clock.wait(RETRY, signal).catch(() => undefined);
      }
    }
  }

  async #look(): Promise<void> {
    const { rules, done, evaluate } = this.#deps;
    for await (const { doc: rule } of every(rules, 'all', { from: '' })) {
      if (this.#stopping.signal.aborted) return;
      if (rule.state !== 'active' || rule.evaluatesFrom !== 0) continue;
      if (((await done.get(rule.id))?.doc ?? 0) >= rule.edition) continue;
      await evaluate(rule);
      await done.putAll([{ kind: 'put', id: rule.id, doc: rule.edition }]);
    }
  }
}
