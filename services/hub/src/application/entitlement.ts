import { decide, type Contains, type Decision, type PolicyRevision, type Purpose, type Recipient } from '@corridor/policy';
import type { Clock } from '@corridor/kernel';
import type { PolicyView } from '@corridor/runtime';
import type { ClassGroup } from '../domain/folded-record.ts';
import { isSame } from '../domain/revision.ts';
import type { RecordBook } from './record-book.ts';

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

  /** Whether decisions made a moment ago still stand and may be acted upon. */
  stands(): boolean {
    return this.#revision !== undefined && isSame(this.#policy.revision, this.#revision) && this.#policy.confirmed();
  }

  /** The decisions for these classes, in order, all on record, under one confirmed revision. @throws POLICY_UNCONFIRMED. */
  decide(groups: readonly ClassGroup[]): Promise<readonly Decision[]> {
    // One at a time, so that nothing is decided and recorded twice.
    const decisions = this.#turn.then(() => this.#decide(groups));
    this.#turn = decisions.then(
      () => undefined,
      () => undefined,
    );
    return decisions;
  }

  async #decide(groups: readonly ClassGroup[]): Promise<readonly Decision[]> {
    for (;;) {
      const known = this.known(groups);
      if (known !== undefined) return known;
      const { state, revision } = await this.#policy.current();
      this.#under(revision);
      const now = this.#clock.now();
      const missing = groups.filter((group) => !this.#valid(group.key, now));
      const decided = missing.map((group) => ({
        group,
        decision: decide({ class: group.class, recipient: this.recipient, purpose: this.purpose }, state, now, this.#contains),
      }));
      await this.#book.decisions(
        decided.map(({ group, decision }) => ({ recipient: this.recipient, purpose: this.purpose, class: group.class, revision, decision })),
      );
      if (this.#revision === undefined || !isSame(this.#revision, revision)) continue;
      if (this.#decisions.size + decided.length > KEPT_DECISIONS) this.#decisions.clear();
      for (const { group, decision } of decided) this.#decisions.set(group.key, decision);
    }
  }

  /** The decisions for these classes when all are known and stand; else undefined. Never waits. */
  known(groups: readonly ClassGroup[]): readonly Decision[] | undefined {
    if (!this.stands()) return undefined;
    const now = this.#clock.now();
    const decisions: Decision[] = [];
    for (const { key } of groups) {
      const decision = this.#decisions.get(key);
      if (decision === undefined || decision.validUntil <= now) return undefined;
      decisions.push(decision);
    }
    return decisions;
  }

  #valid(key: string, now: number): boolean {
    const decision = this.#decisions.get(key);
    return decision !== undefined && decision.validUntil > now;
  }

  #under(revision: PolicyRevision): void {
    if (this.#revision !== undefined && isSame(this.#revision, revision)) return;
    this.#revision = revision;
    this.#decisions.clear();
  }
}

/** The entitlement of each reader for each purpose, shared by all its subscriptions and reads. */
export class Entitlements {
  readonly #make: (recipient: Recipient, purpose: Purpose) => Entitlement;
  readonly #kept = new Map<string, Entitlement>();

  constructor(policy: PolicyView, book: RecordBook, contains: Contains, clock: Clock) {
    this.#make = (recipient, purpose) => new Entitlement(recipient, purpose, policy, book, contains, clock);
  }

  of(recipient: Recipient, purpose: Purpose): Entitlement {
    const key = `${recipient.agency}/${recipient.actor ?? ''}/${purpose}`;
    const entitlement = this.#kept.get(key) ?? this.#make(recipient, purpose);
    this.#kept.delete(key);
    this.#kept.set(key, entitlement);
    if (this.#kept.size > KEPT_READERS) for (const oldest of this.#kept.keys()) { this.#kept.delete(oldest); break; }
    return entitlement;
  }
}
