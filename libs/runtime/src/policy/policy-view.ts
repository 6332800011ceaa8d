import type { PolicyRevision, PolicyState } from '@corridor/policy';

/**
 * The policy state as this process has folded it from corridor.registry.v1 and corridor.consents.v1.
 *
 * - `state` and `revision` MUST belong together; a new state is a new object.
 * - `confirmed()` MUST be false unless, within the last second, both topic ends were asked and the state was not behind
 *   them at that time. What is unconfirmed decides nothing.
 * - `reached(revision)` MUST resolve when the state is at least that new, and reject with POLICY_UNCONFIRMED after the
 *   time limit.
 */
export interface PolicyView {
  readonly state: PolicyState;
  readonly revision: PolicyRevision;
  /** Resolves with the state now, confirmed; waits up to a second for it. @throws POLICY_UNCONFIRMED. */
  current(): Promise<{ readonly state: PolicyState; readonly revision: PolicyRevision }>;
  confirmed(): boolean;
  reached(revision: PolicyRevision, signal?: AbortSignal): Promise<void>;
  /** Calls back after every change; returns the unsubscriber. */
  onChange(callback: () => void): () => void;
}

/** For how long a confirmation of the policy state holds, in milliseconds; a narrowing command answers this much later. */
export const CONFIRMATION_MS = 1000;
