import type { Clock } from '@corridor/kernel';
import { CONFIRMATION_MS } from '../policy/policy-view.ts';
import type { ServerCall } from './server-call.ts';

/**
 * What was handed to HTTP/2 for callers who do not read. What was decided before a change of the policy state must not go
 * out later: the call is broken off, and with it its queue. Its caller goes on from its cursor.
 */
export class UnsentAnswers {
  readonly #clock: Clock;
  /** Calls that have ended, of which something waits for their callers still. */
  readonly #leaving = new Set<ServerCall>();
  readonly #draining = new Set<Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What waits behind the end of a call is looked at as that of an open one is. */
  ended(call: ServerCall): void {
    if (call.sent === call.handed) return;
    this.#leaving.add(call);
    void call.closed.then(() => this.#leaving.delete(call));
  }

  /** Of these and of those that have ended, whoever has not sent what waits now within half a confirmation is broken off. */
  policyChanged(open: readonly ServerCall[]): void {
    for (const call of [...open, ...this.#leaving]) this.#drainOrReset(call);
  }

  /**
   * The same when nobody knows any more what the policy state is: a change may be answered for now that never came here, so
   * there is no time left to send in. It was made after the last confirmation: what was handed over since then may wait for
   * its caller at whoever passes it on, who breaks it off as well when this stream is.
   */
  policyLapsed(open: readonly ServerCall[]): void {
    const confirmed = this.#clock.monotonic() - CONFIRMATION_MS;
    for (const call of open) if (call.sent < call.handed || call.handedAt >= confirmed) call.reset();
    for (const call of this.#leaving) call.reset();
  }

  /** Resolves when nothing is looked at any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#draining);
  }

  #drainOrReset(call: ServerCall): void {
    const { handed } = call;
    if (call.sent >= handed) return;
    const draining = this.#clock
      .wait(CONFIRMATION_MS / 2, this.#stopping.signal)
      .then(() => {
        if (call.sent < handed) call.reset();
      })
      .catch(() => {})
      .finally(() => this.#draining.delete(draining));
    this.#draining.add(draining);
  }
}
