import { emptyPolicyState, type PolicyRevision, type PolicyState } from '@corridor/policy';
import type { PolicyAt, PolicyView } from '../policy/policy-view.ts';

/** The policy view of a process that has folded everything; a test says when it changes. */
export class KnownPolicy implements PolicyView {
  revision: PolicyRevision = { registry: 0, consents: 0 };
  isConfirmed = true;
  #state: PolicyState;
  readonly #changing = new Set<() => void>();
  readonly #lapsing = new Set<() => void>();

  constructor(state: PolicyState = emptyPolicyState) {
    this.#state = state;
  }

  get state(): PolicyState {
    return this.#state;
  }

  current(): Promise<PolicyAt> {
    return Promise.resolve({ state: this.#state, revision: this.revision });
  }

  latest(): Promise<PolicyAt> {
    return this.current();
  }

  confirmed(): boolean {
    return this.isConfirmed;
  }

  reached(): Promise<void> {
    return Promise.resolve();
  }

  onChange(callback: () => void): () => void {
    this.#changing.add(callback);
    return () => this.#changing.delete(callback);
  }

  onLapse(callback: () => void): () => void {
    this.#lapsing.add(callback);
    return () => this.#lapsing.delete(callback);
  }

  /** Tells of a change, to this state. */
  change(state: PolicyState = this.#state): void {
    this.#state = state;
    for (const callback of this.#changing) callback();
  }

  /** Tells that the confirmation is over. */
  lapse(): void {
    for (const callback of this.#lapsing) callback();
  }
}
