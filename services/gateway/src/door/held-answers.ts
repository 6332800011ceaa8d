import { type Clock, Recurring } from '@corridor/kernel';
import { CONFIRMATION_MS, type PolicyView } from '@corridor/runtime';
import { ARRIVED_MS, LAPSED_MS, LEFT_MS } from '../node/looks.ts';
import type { Relay } from './relay.ts';
import type { Mark } from './response-body.ts';

/** Changes that come so close together are looked at together, by the first of them. */
const TOGETHER_MS = CONFIRMATION_MS / 20;
const LOOK_EVERY_MS = CONFIRMATION_MS / 10;

type Marks = readonly { readonly relay: Relay; readonly mark: Mark | undefined }[];

/**
 * What a service decided before a change of the policy state must not go out after the change was confirmed, though its
 * caller did not read it meanwhile: such a call is broken off with all that waits here, as the services do themselves.
 * While the policy state is not confirmed nobody knows whether it has changed; then nothing may wait. The caller loses
 * nothing that it may have: it goes on from its cursor.
 */
export class HeldAnswers {
  readonly #relays: ReadonlySet<Relay>;
  readonly #policy: Pick<PolicyView, 'onChange' | 'onLapse' | 'confirmed'>;
  readonly #clock: Clock;
  readonly #stopping = new AbortController();
  readonly #checks = new Set<Promise<void>>();
  readonly #looking: Recurring;
  #unconfirmed: Marks = [];
  #noted = false;
  #unsubscribe: readonly (() => void)[] = [];

  constructor(relays: ReadonlySet<Relay>, policy: Pick<PolicyView, 'onChange' | 'onLapse' | 'confirmed'>, clock: Clock) {
    this.#relays = relays;
    this.#policy = policy;
    this.#clock = clock;
    this.#looking = new Recurring({ clock, everyMs: LOOK_EVERY_MS, act: async () => this.#look(), failed: () => undefined });
  }

  async start(): Promise<void> {
    this.#unsubscribe = [this.#policy.onChange(() => this.#changed()), this.#policy.onLapse(() => this.#lapsed())];
    await this.#looking.start();
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#stopping.abort();
    await Promise.all([this.#looking.stop(), ...this.#checks]);
  }

  #changed(): void {
    if (this.#noted) return;
    this.#noted = true;
    // It ends early when the door stops, and all calls with it.
    const check = this.#check().catch(() => undefined).finally(() => this.#checks.delete(check));
    this.#checks.add(check);
  }

  async #check(): Promise<void> {
    const { signal } = this.#stopping;
    await this.#clock.wait(TOGETHER_MS, signal);
    this.#noted = false;
    await this.#clock.wait(ARRIVED_MS, signal);
    const marks = this.#marks();
    await this.#clock.wait(LEFT_MS, signal);
    breakOff(marks);
    await this.#clock.wait(LAPSED_MS, signal);
    const last = this.#marks();
    await this.#clock.wait(LEFT_MS, signal);
    breakOff(last);
  }

  #lapsed(): void {
    for (const relay of this.#relays) relay.breakOffHeld();
  }

  #look(): void {
    breakOff(this.#unconfirmed);
    this.#unconfirmed = this.#policy.confirmed() ? [] : this.#marks();
  }

  #marks(): Marks {
    return [...this.#relays].map((relay) => ({ relay, mark: relay.mark() }));
  }
}

function breakOff(marks: Marks): void {
  for (const { relay, mark } of marks) relay.breakOffUnlessSent(mark);
}
