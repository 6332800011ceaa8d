import type { Clock } from '@corridor/kernel';
import type { PolicyRevision, PolicyState } from '@corridor/policy';

/** A policy state and the revision that it is. */
export interface PolicyAt {
  readonly state: PolicyState;
  readonly revision: PolicyRevision;
}

/**
 * The policy state as this process has folded it from corridor.registry.v1 and corridor.consents.v1.
 *
 * - `state` and `revision` MUST belong together; a new state is a new object.
 * - `confirmed()` MUST be false unless, within the last second, both topic ends were asked and the state was not behind
 *   them at that time. What is unconfirmed decides nothing.
 * - `latest()` MUST resolve with a state that holds everything that was in the topics at the call, and reject with
 *   POLICY_UNCONFIRMED when it has not come so far within the time limit.
 * - `reached(revision)` MUST resolve when the state is at least that new, and reject with POLICY_UNCONFIRMED after the
 *   time limit.
 */
export interface PolicyView extends PolicyAt {
  /** Resolves with the state now, confirmed; waits up to a second for it. @throws POLICY_UNCONFIRMED. */
  current(): Promise<PolicyAt>;
  /**
   * The state with all that others were told before the call. What is refused is refused under it alone: another process
   * may have answered for a change that is on its way here, and who acts upon that answer must not be sent away.
   */
  latest(): Promise<PolicyAt>;
  confirmed(): boolean;
  reached(revision: PolicyRevision, signal?: AbortSignal): Promise<void>;
  /** Calls back after every change; returns the unsubscriber. */
  onChange(callback: () => void): () => void;
  /**
   * Calls back at the moment when what was confirmed is so no more: what was handed on before and has not gone out yet must
   * not go out then. Returns the unsubscriber.
   */
  onLapse(callback: () => void): () => void;
}

/** For how long a confirmation of the policy state holds, in milliseconds; a narrowing command answers this much later. */
export const CONFIRMATION_MS = 1000;

/**
 * Resolves when every replica has folded what is in the log at the call, or has gone silent. A timer may wake as much too
 * early as its turn of the event loop was long when it was set, so the clock has the last word; not the calendar, which may
 * be set meanwhile.
 */
export async function confirmationPassed(clock: Clock): Promise<void> {
  const passed = clock.monotonic() + CONFIRMATION_MS;
  for (let left = CONFIRMATION_MS; left > 0; left = passed - clock.monotonic()) await clock.wait(left);
}

/**
 * What `decide` makes of a policy state; what it refuses is decided again under the latest.
 * @throws CorridorError what `decide` refuses with, POLICY_UNCONFIRMED
 */
export async function refusedByLatest<T>(now: PolicyAt, policy: Pick<PolicyView, 'latest'>, decide: (at: PolicyAt) => T): Promise<T> {
  try {
    return decide(now);
  } catch {
    // Decided anew: whatever it is to be refused with is thrown there.
    return decide(await policy.latest());
  }
}
