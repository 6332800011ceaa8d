import { CorridorError, type AgencyId } from '@corridor/kernel';
import type { Admin } from 'kafkajs';
import type { TopicSpec } from '../event-log.ts';
import type { OpenTopics } from '../open-topics.ts';
import { isPartnerTopic, partnerOf, type PartnerAccess, type PartnerTopics, partnerTopicName, partnerTopicSpec } from '../partner-topics.ts';
import { unknownTopic } from '../refusals.ts';
import { faultName } from './faults.ts';
import { isGroupOf } from './group-member.ts';
import type { OpenTopic } from './open-topic.ts';
import { partnerGroupPrefix, type PartnerPrincipals } from './partner-principals.ts';
import type { Patience } from './patience.ts';
import type { Wire } from './wire.ts';

/** How often the brokers are asked which topics of partners are there, while one is open or waited for, ms. */
const LOOK_EVERY = 500;
/**
 * For how long a topic that is gone is left so before the positions of its groups are taken away, ms: every process must
 * have missed it, twice, and have ended its readers and what it was still appending. Whoever has not would go on in the
 * next topic of the name where it stood in this one, and keep its old position there.
 */
const MISSED_AFTER = 3 * LOOK_EVERY;
/** How often it is asked whether what was changed has arrived everywhere, ms. */
const ASK_EVERY = 20;

export interface KafkaPartnerTopicsParts {
  readonly topics: OpenTopics<OpenTopic>;
  /** Lets a topic that is on the brokers be used, unless it can be already. */
  readonly use: (spec: TopicSpec) => void;
  readonly admin: Admin;
  readonly wire: Wire;
  readonly patience: Patience;
  /** Makes a topic as the log makes all of its own, unless it is there; resolves once it can be used. */
  readonly make: (spec: TopicSpec) => Promise<void>;
  /** Absent: nobody reaches the log from outside. */
  readonly principals?: PartnerPrincipals;
}

/**
 * The topics of partners on the brokers, which alone know which are there: other processes provision and withdraw them
 * too. What comes or goes elsewhere this process learns within a second, or at once when it is asked for it.
 */
export class KafkaPartnerTopics implements PartnerTopics {
  readonly #parts: KafkaPartnerTopicsParts;
  readonly #turns = new Map<AgencyId, Promise<void>>();
  /** Topics that are being withdrawn here, and how often: however long they are there still, they are gone. */
  readonly #withdrawing = new Map<string, number>();
  /** Since when topics that were withdrawn here are gone, while other processes may not have missed them yet. */
  readonly #goneSince = new Map<string, number>();
  /** Topics that are being looked up. */
  readonly #lookUps = new Map<string, Promise<void>>();
  /** Topics that were missing when last looked for. */
  #missing: ReadonlySet<string> = new Set();
  #watching: Promise<void> | undefined;

  constructor(parts: KafkaPartnerTopicsParts) {
    this.#parts = parts;
  }

  /** Finds what is there. Call it once, before anything else. */
  async open(): Promise<void> {
    for (const name of await this.#there()) this.#found(partnerOf(name));
  }

  /** Stops looking; the topics must be closed. */
  async close(): Promise<void> {
    await this.#watching;
    await Promise.all(this.#turns.values());
  }

  /** Whether a topic that is open or not is being looked up: who comes now goes on behind those who wait for that. */
  isLookingUp(name: string): boolean {
    return this.#lookUps.has(name);
  }

  /** Has a topic that another process may have provisioned be used. Who waits for the same one goes on in the order of the calls. @throws UNAVAILABLE, NOT_FOUND */
  lookUp(name: string): Promise<void> {
    const underWay = this.#lookUps.get(name);
    if (underWay !== undefined) return underWay;
    const looked = this.#lookUp(name);
    this.#lookUps.set(name, looked);
    // Only when those who wait have gone on.
    const over = (): void => void setImmediate(() => this.#lookUps.delete(name));
    looked.then(over, over);
    return looked;
  }

  async #lookUp(name: string): Promise<void> {
    const { topics } = this.#parts;
    topics.refuseClosed();
    if (topics.has(name)) return;
    if (!isPartnerTopic(name) || !(await this.#there()).includes(name) || this.#withdrawing.has(name)) throw unknownTopic(name);
    this.#found(partnerOf(name));
  }

  provision(agency: AgencyId): Promise<void> {
    return this.#inTurn(agency, async () => {
      await this.#parts.make(partnerTopicSpec(agency));
      await this.#parts.principals?.grant(agency);
      this.#found(agency);
    });
  }

  issueAccess(agency: AgencyId): Promise<PartnerAccess | undefined> {
    return this.#inTurn(agency, async () => {
      const { principals } = this.#parts;
      await this.#refuseAbsent(agency);
      if (principals === undefined) return undefined;
      if (!(await principals.isGranted(agency))) throw barred();
      const access = await principals.issue(agency);
      // Another process may have barred it meanwhile: what was issued then must never work.
      if (await principals.isGranted(agency)) return access;
      await principals.discard(agency);
      throw barred();
    });
  }

  bar(agency: AgencyId): Promise<void> {
    return this.#inTurn(agency, async () => this.#parts.principals?.revoke(agency));
  }

  async withdraw(agency: AgencyId): Promise<void> {
    const { topics, principals } = this.#parts;
    const name = partnerTopicName(agency);
    topics.refuseClosed();
    // At once, so that nothing is appended behind what is about to be dropped.
    this.#withdrawing.set(name, (this.#withdrawing.get(name) ?? 0) + 1);
    topics.remove(name);
    try {
      await this.#inTurn(agency, async () => {
        topics.remove(name);
        await principals?.revoke(agency);
        await this.#delete(name);
        await this.#missedByAll(name);
        await this.#forgetGroups(agency);
        this.#goneSince.delete(name);
      });
    } finally {
      const others = (this.#withdrawing.get(name) ?? 1) - 1;
      if (others === 0) this.#withdrawing.delete(name);
      else this.#withdrawing.set(name, others);
    }
  }

  async provisioned(agency: AgencyId, signal: AbortSignal): Promise<void> {
    const opened = this.#parts.topics.opened(partnerTopicName(agency), signal);
    this.#watch();
    await opened;
  }

  async agencies(): Promise<readonly AgencyId[]> {
    this.#parts.topics.refuseClosed();
    return (await this.#there()).map(partnerOf).toSorted();
  }

  async #there(): Promise<readonly string[]> {
    return (await this.#parts.patience.call(() => this.#parts.admin.listTopics())).filter(isPartnerTopic);
  }

  async #refuseAbsent(agency: AgencyId): Promise<void> {
    const name = partnerTopicName(agency);
    if (!(await this.#there()).includes(name)) throw unknownTopic(name);
  }

  #found(agency: AgencyId): void {
    this.#parts.use(partnerTopicSpec(agency));
    this.#watch();
  }

  /** Looks for what others provision and withdraw for as long as that matters here. */
  #watch(): void {
    this.#watching ??= this.#look().finally(() => {
      this.#watching = undefined;
      // Somebody may have begun to wait when it had just ended.
      if (this.#hasToLook()) this.#watch();
    });
  }

  #hasToLook(): boolean {
    const { topics } = this.#parts;
    return !topics.closed.aborted && [...topics.awaited(), ...topics.names()].some(isPartnerTopic);
  }

  async #look(): Promise<void> {
    const { topics, admin, patience } = this.#parts;
    const spell = patience.spell();
    const { closed } = topics;
    while (this.#hasToLook()) {
      await patience.clock.wait(LOOK_EVERY, closed).catch(() => undefined);
      if (closed.aborted) break;
      try {
        // Only what was open before can be found missing: what is provisioned meanwhile may not be in the answer.
        const open = topics.names().filter(isPartnerTopic);
        const there = new Set(await admin.listTopics());
        spell.worked();
        this.#compare(open, there);
      } catch (error) {
        await spell.failed(error, closed);
      }
    }
    spell.ended();
  }

  #compare(open: readonly string[], there: ReadonlySet<string>): void {
    for (const name of this.#parts.topics.awaited()) if (there.has(name) && !this.#withdrawing.has(name)) this.#found(partnerOf(name));
    const missing = new Set(open.filter((name) => !there.has(name)));
    // Twice, since a broker that was asked may not have heard of a new topic yet.
    for (const name of missing) if (this.#missing.has(name)) this.#parts.topics.remove(name);
    this.#missing = missing;
  }

  async #delete(name: string): Promise<void> {
    const { admin, patience } = this.#parts;
    await patience.call(async () => {
      if (!(await admin.listTopics()).includes(name)) return;
      this.#goneSince.set(name, patience.clock.monotonic());
      try {
        await admin.deleteTopics({ topics: [name] });
      } catch (error) {
        if (faultName(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
      }
    });
    await this.#parts.patience.until(async () => !(await admin.listTopics()).includes(name), ASK_EVERY);
    if (this.#goneSince.has(name)) this.#goneSince.set(name, patience.clock.monotonic());
  }

  async #missedByAll(name: string): Promise<void> {
    const { clock } = this.#parts.patience;
    const since = this.#goneSince.get(name);
    if (since !== undefined) await clock.wait(Math.max(0, since + MISSED_AFTER - clock.monotonic()), this.#parts.topics.closed);
  }

  /** Takes away where groups stand in the topic. Brokers do so by themselves for members that are still there. */
  async #forgetGroups(agency: AgencyId): Promise<void> {
    const { admin, patience } = this.#parts;
    const name = partnerTopicName(agency);
    const { groups } = await patience.call(() => admin.listGroups());
    for (const { groupId } of groups) {
      if (isGroupOf(groupId, name) || groupId.startsWith(partnerGroupPrefix(agency))) await this.#parts.patience.until(() => this.#isForgotten(groupId, name), ASK_EVERY);
    }
  }

  async #isForgotten(groupId: string, topic: string): Promise<boolean> {
    const { wire } = this.#parts;
    const partitions = Array.from({ length: partnerTopicSpec(partnerOf(topic)).partitions }, (_, partition) => partition);
    const kept = await wire.committed(await wire.coordinator(groupId), groupId, topic, partitions);
    return [...kept.values()].every((offset) => offset < 0);
  }

  /** One after the other for each agency, so that a topic that is being dropped is not provisioned meanwhile. */
  #inTurn<T>(agency: AgencyId, act: () => Promise<T>): Promise<T> {
    const acted = (this.#turns.get(agency) ?? Promise.resolve()).then(() => {
      this.#parts.topics.refuseClosed();
      return act();
    });
    const turn = acted.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(agency, turn);
    void turn.then(() => {
      if (this.#turns.get(agency) === turn) this.#turns.delete(agency);
    });
    return acted;
  }
}

const barred = (): CorridorError => new CorridorError('STATE_FORBIDS', 'the agency is barred from its topic');
