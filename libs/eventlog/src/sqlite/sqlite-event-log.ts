import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { type Clock, Quota, type QuotaLimits, systemClock } from '@corridor/kernel';
import { type Database, integer, type Loaded } from '@corridor/sqlite';
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
import { partitionOf } from '../partition.ts';
import { partnerOf, type PartnerTopics, partnerTopicSpec } from '../partner-topics.ts';
import { closed, otherPartitions, unknownTopic } from '../refusals.ts';
import { RunningConsumers } from '../running-consumers.ts';
import { follow } from './follow.ts';
import { GroupConsumer } from './group-consumer.ts';
import { OPERATION } from './layout.ts';
import { SqlitePartnerTopics } from './partner-topics.ts';
import { encodeRecord } from './record.ts';
import { StoredRecords } from './stored-records.ts';
import { type OpenPartition, OpenTopic, readPartitions, type RecentLimits } from './topic.ts';

export interface SqliteEventLogOptions {
  readonly topics: readonly TopicSpec[];
  /** Gives append times and the present for `expire`. The machine's clock when absent. */
  readonly clock?: Clock;
  /** How much may wait to be stored before `append` rejects with QUEUE_FULL; 64 MiB and 100,000 calls when absent. */
  readonly queue?: QuotaLimits;
  /** Per topic, how much of the newest records is kept in memory while it is read; 8,192 records and 8 MiB when absent. */
  readonly recent?: RecentLimits;
}

const DEFAULT_QUEUE: QuotaLimits = { bytes: 64 << 20, calls: 100_000 };
const DEFAULT_RECENT: RecentLimits = { records: 8192, bytes: 8 << 20 };
/** What a record counts for in the queue beside its envelope. */
const RECORD_OVERHEAD = 256;
/** How many records one transaction of `expire` looks at. */
const EXPIRE_STEP = 2000;

/**
 * Opens the log in a database file. Topics that the file does not know yet are added.
 * @throws CorridorError CONFIG_INVALID when a topic of the file is no longer declared, or with another number of partitions
 */
export async function openSqliteEventLog(database: Database, options: SqliteEventLogOptions): Promise<SqliteEventLog> {
  const operations = await database.load(new URL('./operations.ts', import.meta.url));
  const recent = options.recent ?? DEFAULT_RECENT;
  const opened = await database.write(
    operations,
    OPERATION.declare,
    (to) => {
      to.u32(options.topics.length);
      for (const { name, partitions } of options.topics) {
        to.text(name);
        to.u16(partitions);
      }
    },
    (reply) => {
      const topics = options.topics.map((spec) => new OpenTopic(spec, readPartitions(reply, spec.partitions), recent));
      for (let left = reply.u32(); left > 0; left -= 1) {
        const spec = partnerTopicSpec(partnerOf(reply.text()));
        topics.push(new OpenTopic(spec, readPartitions(reply, reply.u16()), recent));
      }
      return topics;
    },
  );
  return new SqliteEventLog(database, operations, opened, { ...options, recent });
}

/** The log of the embedded edition. It closes without closing its database. */
export class SqliteEventLog implements EventLog {
  readonly topics: readonly TopicSpec[];
  readonly partnerTopics: PartnerTopics;
  readonly #database: Database;
  readonly #operations: Loaded;
  readonly #open = new OpenTopics<OpenTopic>();
  readonly #consumers = new RunningConsumers(this.#open);
  readonly #clock: Clock;
  readonly #queue: Quota;
  readonly #stored: StoredRecords;

  constructor(database: Database, operations: Loaded, open: readonly OpenTopic[], options: SqliteEventLogOptions & { readonly recent: RecentLimits }) {
    this.topics = options.topics;
    this.#database = database;
    this.#operations = operations;
    for (const topic of open) this.#open.add(topic);
    this.partnerTopics = new SqlitePartnerTopics(database, operations, this.#open, options.recent);
    this.#clock = options.clock ?? systemClock;
    this.#queue = new Quota(options.queue ?? DEFAULT_QUEUE);
    this.#stored = new StoredRecords(database);
  }

  async append(name: string, records: readonly NewRecord[]): Promise<readonly Position[]> {
    const topic = this.#open.get(name);
    if (records.length === 0) return [];
    let bytes = 0;
    for (const { envelope } of records) bytes += envelope.length + RECORD_OVERHEAD;
    return this.#queue.during(bytes, () => this.#append(topic, records));
  }

  #append(topic: OpenTopic, records: readonly NewRecord[]): Promise<readonly Position[]> {
    const { partitions } = topic;
    const time = this.#clock.now();
    const chosen: number[] = [];
    return this.#database.write(
      this.#operations,
      OPERATION.append,
      (to) => {
        to.u32(records.length);
        for (const record of records) {
          const partition = partitionOf(record.key, partitions.length);
          chosen.push(partition);
          to.u16(partitions[partition]?.id ?? 0);
          const length = to.holdLength();
          encodeRecord(to, record, time);
          to.fillLength(length);
        }
      },
      (reply) => {
        const positions = records.map((record, index) => {
          const position = { partition: chosen[index] ?? 0, offset: reply.u53() };
          topic.committed(record, position);
          return position;
        });
        topic.wake();
        return positions;
      },
    );
  }

  consume(name: string, group: string, onBatch: OnBatch, options: ConsumeOptions = {}): Consumer {
    return this.#consumers.start(
      name,
      group,
      (topic, ended) =>
        new GroupConsumer(
          {
            follow: (signal) => this.#follow(topic, this.#keptPositions(topic, group), { ...options, signal }),
            keep: (positions) => this.#keepPositions(topic, group, positions),
            ended,
          },
          onBatch,
        ),
    );
  }

  async *tail(name: string, from: Offsets, options: TailOptions): AsyncGenerator<readonly StoredRecord[], void, undefined> {
    const topic = this.#open.get(name);
    if (from.length !== topic.partitions.length) throw otherPartitions(name, topic.partitions.length, from.length);
    const signal = AbortSignal.any([options.signal, this.#open.closed]);
    yield* this.#follow(topic, from, { ...options, signal });
    if (this.#open.closed.aborted && !options.signal.aborted) throw closed();
  }

  async read(name: string, from: Position, limit: number): Promise<readonly StoredRecord[]> {
    const topic = this.#open.get(name);
    const records: StoredRecord[] = [];
    for (;;) {
      if (topic.withdrawn.aborted) throw unknownTopic(name);
      const more = this.#stored.read(topic, from.partition, from.offset + records.length, limit - records.length);
      for (const record of more) records.push(record);
      if (more.length === 0 || records.length >= limit) return records;
      await turnOfTheEventLoop();
    }
  }

  async begin(name: string): Promise<Offsets> {
    return this.#open.get(name).partitions.map(({ begin }) => begin);
  }

  async end(name: string): Promise<Offsets> {
    return this.#open.get(name).partitions.map(({ end }) => end);
  }

  async positions(name: string, group: string): Promise<Offsets> {
    return this.#keptPositions(this.#open.get(name), group);
  }

  /** Drops the records that are past the retention of their topic. Resolves to how many it dropped. */
  async expire(): Promise<number> {
    let dropped = 0;
    for (const topic of this.#open.all()) {
      const { retention } = topic.spec;
      if (retention === 'forever') continue;
      const before = Math.max(0, this.#clock.now() - retention);
      for (const partition of topic.partitions) dropped += await this.#expire(topic, partition, before);
    }
    return dropped;
  }

  async close(): Promise<void> {
    this.#open.close();
    await this.#consumers.stop();
  }

  async #expire(topic: OpenTopic, partition: OpenPartition, before: number): Promise<number> {
    const { begin } = partition;
    for (let more = true; more && !topic.withdrawn.aborted; ) {
      more = await this.#database.write(
        this.#operations,
        OPERATION.expire,
        (to) => {
          to.u16(partition.id);
          to.u53(before);
          to.u32(EXPIRE_STEP);
        },
        (reply) => {
          partition.begin = reply.u53();
          return reply.u8() === 1;
        },
      );
    }
    return partition.begin - begin;
  }

  async *#follow(topic: OpenTopic, from: Offsets, options: TailOptions): AsyncGenerator<readonly StoredRecord[], void, undefined> {
    const { onGap, maxBatch = DEFAULT_MAX_BATCH } = options;
    const { withdrawn } = topic;
    try {
      yield* follow({ topic, stored: this.#stored, from, maxBatch, signal: AbortSignal.any([options.signal, withdrawn]), onGap });
    } catch (error) {
      // Its records go while it is read: what is missing then is no damage.
      if (!withdrawn.aborted) throw error;
    }
    if (withdrawn.aborted && !options.signal.aborted) throw unknownTopic(topic.spec.name);
  }

  #keptPositions(topic: OpenTopic, group: string): Offsets {
    const kept = this.#database.prepare('SELECT next FROM log_group_position WHERE group_name = ? AND partition = ?');
    return topic.partitions.map(({ id }) => {
      const row = this.#database.read(() => kept.get(group, id));
      return row === undefined ? 0 : integer(row, 'next');
    });
  }

  async #keepPositions(topic: OpenTopic, group: string, positions: ReadonlyMap<number, number>): Promise<void> {
    if (topic.withdrawn.aborted) throw unknownTopic(topic.spec.name);
    return this.#database.write(
      this.#operations,
      OPERATION.keepPositions,
      (to) => {
        to.text(group);
        for (const [partition, next] of positions) {
          to.u16(topic.partitions[partition]?.id ?? 0);
          to.u53(next);
        }
      },
      () => undefined,
    );
  }
}
