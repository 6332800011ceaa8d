import type { AgencyId, Clock } from '@corridor/kernel';
import {
  decide,
  isSameRevision,
  type ActorRef,
  type Contains,
  type Decision,
  type Handling,
  type KeyedClass,
  type PolicyRevision,
  type Purpose,
  type Recipient,
} from '@corridor/policy';
import type { PolicyView } from '@corridor/runtime';
import { count } from '@corridor/telemetry';
import type { DecisionEntry, RecordBook } from './record-book.ts';

/** How many readers' decisions are kept. */
const KEPT_READERS = 1000;
/** How many classes one reader's decisions are kept for. */
const KEPT_DECISIONS = 10_000;

/**
 * What one reader may have for one purpose: decides each class once for a policy revision, puts each decision on record
 * before anything happens under it, and forgets all of them when the revision or a date moves.
 */
export class Entitlement {
  readonly recipient: Recipient;
  readonly purpose: Purpose;
  readonly #policy: PolicyView;
  readonly #book: RecordBook;
  readonly #contains: Contains;
  readonly #clock: Clock;
  #revision: PolicyRevision | undefined;
  #decisions = new Map<string, Decision>();
  #turn: Promise<void> = Promise.resolve();

  constructor(recipient: Recipient, purpose: Purpose, policy: PolicyView, book: RecordBook, contains: Contains, clock: Clock) {
    this.recipient = recipient;
    this.purpose = purpose;
    this.#policy = policy;
    this.#book = book;
    this.#contains = contains;
    this.#clock = clock;
  }

  /** The revision of the decisions at hand. */
  get revision(): PolicyRevision {
    return this.#revision ?? this.#policy.revision;
  }

  /**
   * Whether these decisions, made a moment ago for these classes, still are the ones to act upon. Asked last, with nothing
   * to wait for between the answer and the act: others may have had the same classes decided anew meanwhile.
   */
  holds(classes: readonly KeyedClass[], decisions: readonly Decision[]): boolean {
    const known = this.known(classes);
    return known !== undefined && known.every((decision, i) => decision === decisions[i]);
  }

  /**
   * The decisions for these classes, in order, all on record, under one confirmed revision.
   * @param alongside is put on record at the same time, so that it takes as long whether or not a decision was new.
   * @throws POLICY_UNCONFIRMED.
   */
  decide(classes: readonly KeyedClass[], alongside: Alongside = nothing): Promise<readonly Decision[]> {
    // One at a time, so that nothing is decided and recorded twice.
    const decisions = this.#turn.then(() => this.#decide(classes, alongside));
    this.#turn = decisions.then(
      () => undefined,
      () => undefined,
    );
    return decisions;
  }

  async #decide(classes: readonly KeyedClass[], alongside: Alongside): Promise<readonly Decision[]> {
    for (;;) {
      const { state, revision } = await this.#policy.current();
      this.#under(revision);
      const now = this.#clock.now();
      const decided = new Map<string, Decision>();
      const entries: DecisionEntry[] = [];
      const decisions = classes.map((one) => {
        const there = this.#valid(one.key, now) ?? decided.get(one.key);
        if (there !== undefined) return there;
        const decision = decide({ class: one.class, recipient: this.recipient, purpose: this.purpose }, state, now, this.#contains);
        decided.set(one.key, decision);
        entries.push({ recipient: this.recipient, purpose: this.purpose, class: one.class, revision, decision });
        return decision;
      });
      await Promise.all([this.#book.decisions(entries), alongside(decisions, revision)]);
      for (const { decision } of entries) count('corridor.decisions', 1, labelsOf(decision));
      if (this.#revision === undefined || !isSameRevision(this.#revision, revision)) continue;
      if (this.#decisions.size + decided.size > KEPT_DECISIONS) this.#decisions.clear();
      classes.forEach(({ key }, i) => {
        const decision = decisions[i];
        if (decision !== undefined) this.#decisions.set(key, decision);
      });
      if (this.holds(classes, decisions)) return decisions;
    }
  }

  /** The decisions for these classes when all are known and stand; else undefined. Never waits. */
  known(classes: readonly KeyedClass[]): readonly Decision[] | undefined {
    if (!this.#stands()) return undefined;
    const now = this.#clock.now();
    const decisions: Decision[] = [];
    for (const { key } of classes) {
      const decision = this.#valid(key, now);
      if (decision === undefined) return undefined;
      decisions.push(decision);
    }
    return decisions;
  }

  #stands(): boolean {
    return this.#revision !== undefined && isSameRevision(this.#policy.revision, this.#revision) && this.#policy.confirmed();
  }

  #valid(key: string, now: number): Decision | undefined {
    const decision = this.#decisions.get(key);
    return decision !== undefined && decision.validUntil > now ? decision : undefined;
  }

  #under(revision: PolicyRevision): void {
    if (this.#revision !== undefined && isSameRevision(this.#revision, revision)) return;
    this.#revision = revision;
    this.#decisions.clear();
  }
}

const labelsOf = (decision: Decision) => ({
  'corridor.decision': decision.outcome,
  'corridor.deny_reason': decision.outcome === 'deny' ? (decision.reasons[0] ?? 'none') : ('none' as const),
});

/** What is recorded together with decisions. */
type Alongside = (decisions: readonly Decision[], revision: PolicyRevision) => Promise<void>;
const nothing: Alongside = () => Promise.resolve();

/**
 * The entitlement of each reader for each purpose, shared by all its subscriptions and reads. An agency is entitled as
 * a whole, all its actors alike; what is RED goes to persons.
 */
export class Entitlements {
  readonly #make: (recipient: Recipient, purpose: Purpose) => Entitlement;
  readonly #kept = new Map<string, Entitlement>();

  constructor(policy: PolicyView, book: RecordBook, contains: Contains, clock: Clock) {
    this.#make = (recipient, purpose) => new Entitlement(recipient, purpose, policy, book, contains, clock);
  }

  /** Of an actor who asks for itself. */
  of({ agency, actor }: ActorRef, purpose: Purpose, { tlp }: Handling): Entitlement {
    return this.#of(tlp === 'red' ? { agency, actor } : { agency }, purpose);
  }

  /** Of an agency as a whole, to which no person answers: nothing that is RED goes to it. */
  ofAgency(agency: AgencyId, purpose: Purpose): Entitlement {
    return this.#of({ agency }, purpose);
  }

  #of(recipient: Recipient, purpose: Purpose): Entitlement {
    const key = `${recipient.agency}/${recipient.actor ?? ''}/${purpose}`;
    const entitlement = this.#kept.get(key) ?? this.#make(recipient, purpose);
    this.#kept.delete(key);
    this.#kept.set(key, entitlement);
    if (this.#kept.size <= KEPT_READERS) return entitlement;
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest);
      break;
    }
    return entitlement;
  }
}
