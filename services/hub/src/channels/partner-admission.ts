import type { PartnerTopics } from '@corridor/eventlog';
import { Signal, type AgencyId } from '@corridor/kernel';
import type { PolicyState } from '@corridor/policy';
import type { PolicyView } from '@corridor/runtime';

/**
 * Whether an agency may read its own topic from outside: while it is active. It is barred as soon as this process knows
 * that it no longer is, well before a suspension is answered, and let in again under a confirmed policy state only.
 */
export class PartnerAdmission {
  readonly #agency: AgencyId;
  readonly #policy: PolicyView;
  readonly #partnerTopics: PartnerTopics;
  #admitted: boolean | undefined;

  constructor(agency: AgencyId, policy: PolicyView, partnerTopics: PartnerTopics) {
    this.#agency = agency;
    this.#policy = policy;
    this.#partnerTopics = partnerTopics;
  }

  /** Does what the policy state asks for now. @throws POLICY_UNCONFIRMED and what the topics of partners reject with. */
  async settle(): Promise<void> {
    const seen = this.#isActive(this.#policy.state);
    if (seen === this.#admitted) return;
    // What narrows waits for no confirmation; before anything is known of the agency there is nothing to narrow.
    const active = this.#admitted === true ? seen : this.#isActive((await this.#policy.current()).state);
    if (active === this.#admitted) return;
    this.#admitted = undefined;
    await (active ? this.#partnerTopics.provision(this.#agency) : this.#partnerTopics.bar(this.#agency));
    this.#admitted = active;
  }

  /** Settles after every change of the policy state, until the signal aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    const changed = new Signal();
    const unsubscribe = this.#policy.onChange(() => changed.fire());
    const stop = (): void => changed.fire();
    signal.addEventListener('abort', stop);
    try {
      for (let next = changed.next; !signal.aborted; next = changed.next) {
        await this.settle();
        await next;
      }
    } finally {
      signal.removeEventListener('abort', stop);
      unsubscribe();
    }
  }

  #isActive({ agencies }: PolicyState): boolean {
    return agencies.get(this.#agency)?.state === 'active';
  }
}
