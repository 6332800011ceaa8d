import type { AgencyId } from '@corridor/kernel';
import type { Database, Loaded } from '@corridor/sqlite';
import type { OpenTopics } from '../open-topics.ts';
import { isPartnerTopic, partnerOf, type PartnerAccess, type PartnerTopics, partnerTopicName, partnerTopicSpec } from '../partner-topics.ts';
import { OPERATION } from './layout.ts';
import { OpenTopic, readPartitions, type RecentLimits } from './topic.ts';

/** How many records one transaction of `withdraw` drops. */
const DROP_STEP = 2000;

/** The topics of partners in the database file of the log. It has no outside, so there is nobody to admit or to bar. */
export class SqlitePartnerTopics implements PartnerTopics {
  readonly #database: Database;
  readonly #operations: Loaded;
  readonly #topics: OpenTopics<OpenTopic>;
  readonly #recent: RecentLimits;
  #turn: Promise<void> = Promise.resolve();

  constructor(database: Database, operations: Loaded, topics: OpenTopics<OpenTopic>, recent: RecentLimits) {
    this.#database = database;
    this.#operations = operations;
    this.#topics = topics;
    this.#recent = recent;
  }

  provision(agency: AgencyId): Promise<void> {
    return this.#inTurn(async () => {
      const spec = partnerTopicSpec(agency);
      if (this.#topics.has(spec.name)) return;
      const partitions = await this.#database.write(
        this.#operations,
        OPERATION.provision,
        (to) => {
          to.text(spec.name);
          to.u16(spec.partitions);
        },
        (reply) => readPartitions(reply, spec.partitions),
      );
      this.#topics.add(new OpenTopic(spec, partitions, this.#recent));
    });
  }

  async issueAccess(agency: AgencyId): Promise<PartnerAccess | undefined> {
    this.#topics.get(partnerTopicName(agency));
    return undefined;
  }

  async bar(): Promise<void> {
    this.#topics.refuseClosed();
  }

  withdraw(agency: AgencyId): Promise<void> {
    const name = partnerTopicName(agency);
    // At once, so that nothing is appended behind what is about to be dropped.
    if (!this.#topics.closed.aborted) this.#topics.remove(name);
    return this.#inTurn(async () => {
      this.#topics.remove(name);
      for (let more = true; more; ) more = await this.#drop(name);
    });
  }

  provisioned(agency: AgencyId, signal: AbortSignal): Promise<void> {
    return this.#topics.opened(partnerTopicName(agency), signal);
  }

  async agencies(): Promise<readonly AgencyId[]> {
    this.#topics.refuseClosed();
    return this.#topics.names().filter(isPartnerTopic).map(partnerOf).toSorted();
  }

  /** One after the other, so that a topic that is being dropped is not provisioned meanwhile. */
  #inTurn(act: () => Promise<void>): Promise<void> {
    const acted = this.#turn.then(() => {
      this.#topics.refuseClosed();
      return act();
    });
    this.#turn = acted.catch(() => undefined);
    return acted;
  }

  #drop(name: string): Promise<boolean> {
    return this.#database.write(
      this.#operations,
      OPERATION.withdraw,
      (to) => {
        to.text(name);
        to.u32(DROP_STEP);
      },
      (reply) => reply.u8() === 1,
    );
  }
}
