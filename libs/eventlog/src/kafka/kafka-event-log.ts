import { type Clock, Quota, type QuotaLimits, systemClock } from '@corridor/kernel';
import type { Admin } from 'kafkajs';
import {
  type ConsumeOptions,
  type Consumer,
  DEFAULT_MAX_BATCH,
  type EventLog,
  type NewRecord,
  type Offsets,
  type OnBatch,
  type Position,
  type StoredRecord,
  type TailOptions,
  type TopicSpec,
} from '../event-log.ts';
import { OpenTopics } from '../open-topics.ts';
import { isPartnerTopic, type PartnerMechanism } from '../partner-topics.ts';
import { closed, otherPartitions, unknownPartition, unknownTopic } from '../refusals.ts';
import { RunningConsumers } from '../running-consumers.ts';
import { adminOf, type KafkaConnection, type Observe } from './connection.ts';
import { refusalOf } from './faults.ts';
import { follow } from './feed.ts';
import { GroupConsumer } from './group-consumer.ts';
import { GroupMember } from './group-member.ts';
import { Leaderless } from './leaderless.ts';
import { OpenTopic } from './open-topic.ts';
import { PartnerPrincipals } from './partner-principals.ts';
import { KafkaPartnerTopics } from './partner-topics.ts';
import { Patience } from './patience.ts';
import { ProducerIds } from './producer-ids.ts';
import { end, begin, readRecords } from './read.ts';
import { Sender, type SenderOptions } from './sender.ts';
import { declareTopics, type TopicKeeping } from './topics.ts';
import { Wire } from './wire.ts';

export interface KafkaEventLogOptions {
  readonly connection: KafkaConnection;
  readonly topics: readonly TopicSpec[];
  /** How many replicas the partitions of topics made here have; 1 when absent. */
  readonly replicas?: number;
  /** How many of them must have a record before it is acknowledged; one less than `replicas`, and at least 1, when absent. */
  readonly minInsync?: number;
  /** The stable name of this replica: restarted within 10 s it goes on with the partitions it had. No two replicas may have the same. */
  readonly member?: string;
  /** The machine's clock when absent. */
  readonly clock?: Clock;
  /** How much may wait to be stored before `append` rejects with QUEUE_FULL; 64 MiB and 100,000 calls when absent. */
  readonly queue?: QuotaLimits;
  /** How partners reach their own topics: SCRAM-SHA-256 when no mechanism is named. Absent: nobody reaches the log from outside. */
  readonly partners?: { readonly brokers: readonly string[]; readonly mechanism?: PartnerMechanism };
  /** For how long a call waits for the cluster before it rejects with UNAVAILABLE, ms; 5,000 when absent. */
  readonly patienceMs?: number;
  /** For how long what is appended to a partner's topic may wait to be stored before it is abandoned, ms; half of a confirmation, 500, when absent. */
  readonly decidedForMs?: number;
  /** Told what happens beside the calls. */
  readonly observe?: Observe;
}

const DEFAULT_QUEUE: QuotaLimits = { bytes: 64 << 20, calls: 100_000 };
const DEFAULT_PATIENCE_MS = 5000;
/** What is appended for a partner was decided a moment ago, and has to be decided anew later, ms. */
const DEFAULT_DECIDED_FOR_MS = 500;

/**
 * Opens the log of a cluster. Topics that the cluster does not have yet are created.
 * @throws CorridorError CONFIG_INVALID when a topic is there with other partitions or settings, or the cluster refuses us; UNAVAILABLE
 */
export async function openKafkaEventLog(options: KafkaEventLogOptions): Promise<KafkaEventLog> {
  const { connection, topics, replicas = 1, minInsync = Math.max(1, replicas - 1), observe = () => undefined } = options;
  const keeping: TopicKeeping = { replicas, minInsync };
  const patience = new Patience(options.clock ?? systemClock, options.patienceMs ?? DEFAULT_PATIENCE_MS, observe);
  const admin = adminOf(connection, observe);
  try {
    await patience.call(() => admin.connect());
    await declareTopics(admin, topics, keeping, patience);
  } catch (error) {
    await admin.disconnect();
    throw refusalOf(error);
  }
  const log = new KafkaEventLog(options, { admin, keeping, patience, observe });
  try {
    await log.partnerTopics.open();
  } catch (error) {
    await log.close();
    throw refusalOf(error);
  }
  return log;
}

/** What a log works with. */
interface Ground {
  readonly admin: Admin;
  readonly keeping: TopicKeeping;
  readonly patience: Patience;
  readonly observe: Observe;
}

/** The log of the cluster edition. */
export class KafkaEventLog implements EventLog {
  readonly topics: readonly TopicSpec[];
  readonly partnerTopics: KafkaPartnerTopics;
  readonly #options: KafkaEventLogOptions;
  readonly #ground: Ground;
  readonly #open = new OpenTopics<OpenTopic>();
  readonly #consumers = new RunningConsumers(this.#open);
  /** For what does not wait: reading, asking for offsets and positions. */
  readonly #asking: Wire;
  /** What the senders of all topics share. */
  readonly #sending: Pick<SenderOptions, 'ids' | 'queue' | 'patience'> & { readonly wire: Wire };
  readonly #leaderless: Leaderless;
  /** Wires that readers have given up and that still close. */
  readonly #closing = new Set<Promise<void>>();
  #closed: Promise<void> | undefined;

  constructor(options: KafkaEventLogOptions, ground: Ground) {
    this.topics = options.topics;
    this.#options = options;
    this.#ground = ground;
    this.#leaderless = new Leaderless(ground.observe);
    this.#sending = { wire: this.#wire(), ids: new ProducerIds(), queue: new Quota(options.queue ?? DEFAULT_QUEUE), patience: ground.patience };
    this.#asking = this.#wire();
    for (const spec of options.topics) this.#use(spec);
    this.partnerTopics = this.#topicsOfPartners();
  }

  /** Lets a topic that is on the cluster be used. Changes nothing when it can be already. */
  #use(spec: TopicSpec): void {
    if (this.#open.has(spec.name)) return;
    const abandoning = isPartnerTopic(spec.name) ? { abandonAfterMs: this.#options.decidedForMs ?? DEFAULT_DECIDED_FOR_MS } : {};
    this.#open.add(new OpenTopic(spec, (withdrawn) => new Sender({ ...this.#sending, ...abandoning, spec, ended: AbortSignal.any([withdrawn, this.#open.closed]) })));
  }

  #topicsOfPartners(): KafkaPartnerTopics {
    const { admin, keeping, patience } = this.#ground;
    const { partners } = this.#options;
    const wire = this.#asking;
    const outside = partners === undefined ? undefined : { brokers: partners.brokers, mechanism: partners.mechanism ?? 'SCRAM-SHA-256' };
    return new KafkaPartnerTopics({
      topics: this.#open,
      use: (spec) => this.#use(spec),
      admin,
      wire,
      patience,
      make: (spec) => declareTopics(admin, [spec], keeping, patience),
      ...(outside === undefined ? {} : { principals: new PartnerPrincipals(admin, wire, patience, outside) }),
    });
  }

  async append(name: string, records: readonly NewRecord[]): Promise<readonly Position[]> {
    const topic = await this.#topic(name);
    return records.length === 0 ? [] : topic.sender.append(records);
  }

  consume(name: string, group: string, onBatch: OnBatch, options: ConsumeOptions = {}): Consumer {
    if (this.#open.has(name) || !isPartnerTopic(name) || this.#open.closed.aborted) return this.#consume(name, group, onBatch, options);
    const found = this.partnerTopics.lookUp(name).then(() => this.#consume(name, group, onBatch, options));
    return {
      done: found.then(({ done }) => done),
      stop: async () => {
        const consumer = await found.catch(() => undefined);
        await consumer?.stop();
      },
    };
  }

  #consume(name: string, group: string, onBatch: OnBatch, options: ConsumeOptions): Consumer {
    return this.#consumers.start(name, group, (topic, ended) => {
      const wire = this.#wire();
      return new GroupConsumer(
        {
          topic,
          group,
          wire,
          member: new GroupMember(wire, topic.spec, group, this.#options.member),
          patience: this.#ground.patience,
          leaderless: this.#leaderless,
          observe: this.#ground.observe,
          maxBatch: options.maxBatch ?? DEFAULT_MAX_BATCH,
          onGap: options.onGap,
          ended: () => {
            ended();
            this.#giveUp(wire);
          },
        },
        onBatch,
      );
    });
  }

  async *tail(name: string, from: Offsets, options: TailOptions): AsyncGenerator<readonly StoredRecord[], void, undefined> {
    const topic = await this.#topic(name);
    const { partitions } = topic.spec;
    if (from.length !== partitions) throw otherPartitions(name, partitions, from.length);
    const { onGap, maxBatch = DEFAULT_MAX_BATCH } = options;
    const signal = AbortSignal.any([options.signal, topic.withdrawn, this.#open.closed]);
    const wire = this.#wire();
    try {
      yield* follow({ wire, topic: name, next: new Map(from.entries()), maxBatch, signal, onGap, patience: this.#ground.patience, leaderless: this.#leaderless });
    } finally {
      this.#giveUp(wire);
    }
    if (options.signal.aborted) return;
    throw topic.withdrawn.aborted ? unknownTopic(name) : closed();
  }

  async read(name: string, from: Position, limit: number): Promise<readonly StoredRecord[]> {
    const topic = await this.#topic(name);
    if (from.partition < 0 || from.partition >= topic.spec.partitions) throw unknownPartition(name, from.partition);
    return this.#asked(topic, () => readRecords(this.#asking, name, from, limit, this.#ground.patience, topic.withdrawn));
  }

  async begin(name: string): Promise<Offsets> {
    const topic = await this.#topic(name);
    return this.#asked(topic, () => begin(this.#asking, topic.spec, this.#ground.patience));
  }

  async end(name: string): Promise<Offsets> {
    const topic = await this.#topic(name);
    return this.#asked(topic, () => end(this.#asking, topic.spec, this.#ground.patience));
  }

  async positions(name: string, group: string): Promise<Offsets> {
    const topic = await this.#topic(name);
    const partitions = Array.from({ length: topic.spec.partitions }, (_, partition) => partition);
    const member = new GroupMember(this.#asking, topic.spec, group, undefined);
    return this.#asked(topic, async () => {
      const kept = await this.#ground.patience.call(() => member.positions(partitions));
      return partitions.map((partition) => kept.get(partition) ?? 0);
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#open.close();
    await this.#consumers.stop();
    await this.partnerTopics.close();
    await Promise.all([this.#sending.wire.close(), this.#asking.close(), this.#ground.admin.disconnect(), ...this.#closing]);
  }

  /** A topic that can be used; one of a partner also when another process provisioned it. @throws UNAVAILABLE, NOT_FOUND */
  async #topic(name: string): Promise<OpenTopic> {
    if (isPartnerTopic(name) && (!this.#open.has(name) || this.partnerTopics.isLookingUp(name))) await this.partnerTopics.lookUp(name);
    return this.#open.get(name);
  }

  /** What was asked of the cluster, told as the port tells it. */
  async #asked<T>(topic: OpenTopic, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      this.#open.refuseClosed();
      if (topic.withdrawn.aborted) throw unknownTopic(topic.spec.name);
      throw refusalOf(error);
    }
  }

  #wire(): Wire {
    return new Wire(this.#options.connection, this.#ground.observe);
  }

  #giveUp(wire: Wire): void {
    const closing = wire.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
