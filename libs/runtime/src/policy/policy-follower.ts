import type { KeyObject } from 'node:crypto';
import type { EventLog, StoredRecord } from '@corridor/eventlog';
import { type Clock, CorridorError, isPassing, SharedAsk } from '@corridor/kernel';
import { emptyPolicyState, evolveAll, type PolicyRevision, type PolicyState } from '@corridor/policy';
import { gauge } from '@corridor/telemetry';
import { ed25519PublicKey, type TokenKeys } from '../auth/tokens.ts';
import type { DataKeys } from '../keys/keys.ts';
import { traceOf } from '../report.ts';
import type { Report } from '../service.ts';
import { Confirmation, covers, momentOf } from './confirmation.ts';
import { InOrder } from './in-order.ts';
import { CONSENTS_TOPIC, type PolicyRecord, readPolicyRecord, REGISTRY_TOPIC } from './policy-record.ts';
import { CONFIRMATION_MS, type PolicyAt, type PolicyView } from './policy-view.ts';

/** How often the ends of the topics are asked, in milliseconds: five times within the life of a confirmation. */
const POLL_MS = 200;
/** How long to wait before following goes on after the log could not be reached. */
const RETRY_MS = 500;

export interface PolicyFollowerOptions {
  readonly log: EventLog;
  readonly dataKeys: Pick<DataKeys, 'destroy' | 'forget'>;
  readonly clock: Clock;
  readonly report: Report;
}

/**
 * Folds the policy state from the beginnings of both topics and keeps it up to date. Destroyed data keys are destroyed
 * here too, so that a restored store of keys loses them again before anything is served.
 */
export class PolicyFollower implements PolicyView, TokenKeys {
  readonly name = 'policy';
  readonly #options: PolicyFollowerOptions;
  readonly #inOrder = new InOrder<PolicyRecord>();
  readonly #confirmation = new Confirmation();
  readonly #tokenKeys = new Map<string, KeyObject>();
  readonly #callbacks = new Set<() => void>();
  readonly #lapseCallbacks = new Set<() => void>();
  readonly #newEnds = new SharedAsk(() => this.#ends());
  /** Called whenever the state, the revision or the confirmation may have changed. */
  readonly #progress = new Set<() => void>();
  readonly #stopping = new AbortController();
  #state: PolicyState = emptyPolicyState;
  #revision: PolicyRevision = { registry: 0, consents: 0 };
  #failure: CorridorError | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #forget = (): void => undefined;

  constructor(options: PolicyFollowerOptions) {
    this.#options = options;
  }

  get state(): PolicyState {
    return this.#state;
  }

  get revision(): PolicyRevision {
    return this.#revision;
  }

  tokenKey(keyId: string): KeyObject | undefined {
    return this.#tokenKeys.get(keyId);
  }

  /** Resolves when both topics are folded up to where they ended at the call. @throws CorridorError of the log or the fold. */
  async start(): Promise<void> {
    const ends = await this.#ends();
    const { clock } = this.#options;
    const began = clock.monotonic();
    this.#forget = gauge('corridor.policy.confirmation.age', () => [{ value: Math.min(clock.monotonic() - began, this.#confirmation.age(momentOf(clock))) / 1000, labels: {} }]);
    this.#running = Promise.all([this.#follow('registry', REGISTRY_TOPIC), this.#follow('consents', CONSENTS_TOPIC), this.#poll(), this.#watchConfirmation()]);
    await this.#until(() => covers(this.#revision, ends), this.#stopping.signal);
  }

  /** Idempotent; resolves when nothing follows any more. */
  async stop(): Promise<void> {
    this.#forget();
    this.#stopping.abort(new CorridorError('UNAVAILABLE', 'the node is stopping'));
    await this.#running;
  }

  /** Why the policy state is not to be had, in one line; undefined while it is. */
  unwell(): string | undefined {
    if (this.#failure !== undefined) return `the policy state cannot be followed: ${this.#failure.message}`;
    if (this.#inOrder.waiting) return 'the policy state waits for an event that is missing in the log';
    return this.confirmed() ? undefined : 'the policy state is not confirmed';
  }

  /** Why the policy state can be followed no more; undefined while it can. */
  failed(): CorridorError | undefined {
    return this.#failure;
  }

  confirmed(): boolean {
    return this.#failure === undefined && !this.#inOrder.waiting && this.#confirmation.holds(momentOf(this.#options.clock));
  }

  async current(): Promise<PolicyAt> {
    if (!this.confirmed()) await this.#within(() => this.confirmed());
    return { state: this.#state, revision: this.#revision };
  }

  async latest(): Promise<PolicyAt> {
    let ends: PolicyRevision | undefined;
    const { promise: failed, reject: fail } = Promise.withResolvers<never>();
    const answered = (answer: PolicyRevision): void => {
      ends = answer;
      this.#progressed();
    };
    void this.#newEnds.ask().then(answered, fail);
    // The limit is for asking and following together: what does not answer counts as unconfirmed.
    await Promise.race([this.#within(() => ends !== undefined && covers(this.#revision, ends)), failed]);
    return this.current();
  }

  async reached(revision: PolicyRevision, signal?: AbortSignal): Promise<void> {
    if (!covers(this.#revision, revision)) await this.#within(() => covers(this.#revision, revision), signal);
  }

  onChange(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  onLapse(callback: () => void): () => void {
    this.#lapseCallbacks.add(callback);
    return () => this.#lapseCallbacks.delete(callback);
  }

  /** Tells at once when the confirmation lapses, whatever keeps the ends from being asked. */
  async #watchConfirmation(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted && this.#failure === undefined) {
      await this.#until(() => this.confirmed(), signal).catch(() => undefined);
      while (this.confirmed() && !signal.aborted) {
        // A millisecond later it surely is over; a state that lost its confirmation otherwise tells so as progress.
        const ended = new AbortController();
        const over = clock.wait(CONFIRMATION_MS + 1 - this.#confirmation.age(momentOf(clock)), AbortSignal.any([signal, ended.signal])).catch(() => undefined);
        await Promise.race([over, this.#until(() => !this.confirmed(), AbortSignal.any([signal, ended.signal])).catch(() => undefined)]);
        ended.abort();
      }
      if (!signal.aborted) for (const callback of this.#lapseCallbacks) callback();
    }
  }

  async #follow(part: keyof PolicyRevision, topic: string): Promise<void> {
    const { log, clock } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted && this.#failure === undefined) {
      try {
        for await (const records of log.tail(topic, [this.#revision[part]], { signal })) await this.#fold(part, records);
      } catch (error) {
        if (signal.aborted) return;
        if (!isPassing(error)) return this.#fail(error);
        await clock.wait(RETRY_MS, signal).catch(() => {});
      }
    }
  }

  /** What may fail and be tried again comes first; then all changes of the batch count at one moment. */
  async #fold(part: keyof PolicyRevision, records: readonly StoredRecord[]): Promise<void> {
    const read = records.map(readPolicyRecord);
    for (const { change } of read) if (change.kind === 'data-key-destroyed') await this.#destroyDataKey(change.keyId);
    const due = read.flatMap((record) => this.#inOrder.take(record)).map(({ change }) => change);
    for (const change of due) if (change.kind === 'token-key') this.#tokenKeys.set(change.keyId, ed25519PublicKey(change.publicKey));
    this.#state = evolveAll(this.#state, due.filter((change) => change.kind === 'fact').map(({ event }) => event));
    this.#revision = { ...this.#revision, [part]: (records.at(-1)?.offset ?? this.#revision[part] - 1) + 1 };
    this.#confirmation.reached(this.#revision);
    this.#progressed();
    for (const callback of this.#callbacks) callback();
  }

  async #destroyDataKey(keyId: string): Promise<void> {
    const { dataKeys } = this.#options;
    dataKeys.forget(keyId);
    await dataKeys.destroy(keyId);
  }

  async #poll(): Promise<void> {
    const { clock, report } = this.#options;
    const { signal } = this.#stopping;
    let reachable = true;
    while (!signal.aborted && this.#failure === undefined) {
      const before = momentOf(clock);
      try {
        this.#confirmation.asked(before, await this.#ends(), this.#revision);
        this.#progressed();
        reachable = true;
      } catch (error) {
        if (reachable && !signal.aborted) report('warn', 'policy.log-unreachable', { trace: traceOf(error) });
        reachable = false;
      }
      await clock.wait(POLL_MS, signal).catch(() => {});
    }
  }

  async #ends(): Promise<PolicyRevision> {
    const { log } = this.#options;
    const [registry, consents] = await Promise.all([log.end(REGISTRY_TOPIC), log.end(CONSENTS_TOPIC)]);
    return { registry: registry[0] ?? 0, consents: consents[0] ?? 0 };
  }

  #fail(error: unknown): void {
    this.#failure = CorridorError.from(error);
    this.#options.report('error', 'policy.failed', { reason: this.#failure.reason, trace: traceOf(error) });
    this.#progressed();
  }

  #progressed(): void {
    for (const check of this.#progress) check();
  }

  /** Waits for `holds`, for as long as a confirmation lives. @throws CorridorError POLICY_UNCONFIRMED after it. */
  async #within(holds: () => boolean, signal?: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const late = this.#options.clock.wait(CONFIRMATION_MS, ended.signal).then(() => {
      ended.abort(new CorridorError('POLICY_UNCONFIRMED', 'the policy state could not be confirmed in time'));
    });
    late.catch(() => {});
    try {
      await this.#until(holds, AbortSignal.any([ended.signal, this.#stopping.signal, ...(signal === undefined ? [] : [signal])]));
    } finally {
      ended.abort();
    }
  }

  /** Waits for `holds`; rejects with the signal's reason, or with why the state cannot be followed. */
  #until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        this.#progress.delete(check);
        signal.removeEventListener('abort', check);
        act();
      };
      const check = (): void => {
        const failure = this.#failure;
        if (failure !== undefined) settle(() => reject(failure));
        else if (holds()) settle(resolve);
        else if (signal.aborted) settle(() => reject(signal.reason));
      };
      this.#progress.add(check);
      signal.addEventListener('abort', check);
      check();
    });
  }
}
