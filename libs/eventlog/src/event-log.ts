/** A topic as the topic table declares it. */
export interface TopicSpec {
  /** Its name, e.g. `corridor.updates.v1`. */
  readonly name: string;
  /** How many partitions; fixed for the life of the topic, the same in every edition. */
  readonly partitions: number;
  /** For how long records are kept, in milliseconds; `forever` never drops one. */
  readonly retention: number | 'forever';
}

/** What is appended. `key` decides the partition (murmur2 of its bytes, as Kafka's default partitioner). */
export interface NewRecord {
  readonly key: string;
  /** The stored envelope: the bytes that hashes and leaves cover. They MUST NOT be changed after `append`. */
  readonly envelope: Uint8Array;
  /** Checked copies of envelope fields for readers that do not parse it; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Where a record stands: dense per partition, starting at 0. */
export interface Position {
  readonly partition: number;
  readonly offset: number;
}

/** A record as read back: byte for byte what was appended. */
export interface StoredRecord extends NewRecord, Position {
  readonly topic: string;
}

/** For each partition the next offset to read. Index = partition. */
export type Offsets = readonly number[];

/** Records [from, to) of a partition that a reader asked for and that are past their retention. */
export interface Gap {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** Called before a reader goes on behind a gap; the reader waits for it. */
export type OnGap = (gap: Gap) => void | Promise<void>;

/** A running reader. `stop()` is idempotent; it resolves when the batch in hand is finished and its position kept. */
export interface Consumer {
  /** Rejects when the consumer can go no further (handler error, damaged log); resolves after `stop()`. Its owner MUST await it. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

/** What a consumer handles at a time: records of one partition in order, never empty, at most `maxBatch` of them. */
export type OnBatch = (records: readonly StoredRecord[]) => Promise<void>;

export interface ConsumeOptions {
  /** 512 when absent. */
  readonly maxBatch?: number;
  /** Absent: the consumer fails with RECORDS_EXPIRED at a gap. */
  readonly onGap?: OnGap;
}

export interface TailOptions extends ConsumeOptions {
  readonly signal: AbortSignal;
}

/**
 * An ordered, durable, partitioned log.
 *
 * - Records of one key MUST go to one partition, `partitionOf(key, partitions)`; per partition, offsets MUST be dense,
 *   start at 0 and follow the order of appending.
 * - `append` MUST resolve only when all its records are durable (survive power loss of the node; of a minority of
 *   replicas in the cluster edition), and MUST keep their order; records of one call with one key MUST stand in order.
 *   Its positions MUST stand in the order of its records.
 * - `append` MUST reject with VALUE_TOO_LARGE, and store nothing, when an envelope exceeds 900 kB, or key and headers
 *   of a record together exceed 16 kB; with STORAGE_FULL, and store nothing of the call, when the disk is full (with
 *   UNAVAILABLE where the log is on several machines, whose disks only they know); reading MUST go on then, as far as a
 *   machine that has the records is up, and appending once there is space again.
 * - `append` MUST reject with QUEUE_FULL, and store nothing, when more waits to be stored than the log was opened for;
 *   what waited before MUST still be stored.
 * - A call whose `append` rejected for another reason MAY have stored its records.
 * - `consume` MUST deliver the records of a partition in order and at least once per group; the group's position MUST
 *   move only after `onBatch` resolved; after a crash or a rejecting handler delivery MUST go on from the kept position.
 *   Within one process two consumers of the same group on one topic MUST be refused with STATE_FORBIDS. A group that is
 *   new starts at offset 0.
 * - `tail` MUST yield every record from `from` on, in order per partition, then wait for new ones, until its signal
 *   aborts (then it ends without error). It shares its position with nobody and MUST NOT buffer more than `maxBatch`
 *   records beyond what it has yielded, or one answer of each broker (4 MiB) where the log is on several machines. What it yields at once MAY be of several partitions, is never empty, and MUST
 *   NOT be more than `maxBatch`.
 * - `end` MUST return, per partition, an offset not lower than that of any record acknowledged before the call, plus 1.
 * - `begin` MUST return, per partition, the lowest offset that still can be read.
 * - `read` MUST return up to `limit` records of one partition from a position on, without waiting; fewer only at the end.
 * - Records past the retention of their topic MAY be dropped, oldest first; those within MUST NOT. A reader below
 *   `begin` MUST be told: `read` rejects with RECORDS_EXPIRED; `tail` and `consume` fail with it, or, when they have
 *   `onGap`, call it with the missing range, wait for it and go on at `begin`.
 * - A reader beyond `end` reads a log that lost records (an older copy was restored): `read`, `tail` and `consume` MUST
 *   fail with LOG_INCOMPLETE.
 * - Every operation on an undeclared topic MUST reject with NOT_FOUND, on a partition it does not have with
 *   INVALID_ARGUMENT; after `close`, with UNAVAILABLE. `close` stops the consumers; tails that run end with UNAVAILABLE.
 */
export interface EventLog {
  append(topic: string, records: readonly NewRecord[]): Promise<readonly Position[]>;
  consume(topic: string, group: string, onBatch: OnBatch, options?: ConsumeOptions): Consumer;
  tail(topic: string, from: Offsets, options: TailOptions): AsyncIterable<readonly StoredRecord[]>;
  read(topic: string, from: Position, limit: number): Promise<readonly StoredRecord[]>;
  begin(topic: string): Promise<Offsets>;
  end(topic: string): Promise<Offsets>;
  /** The position a group has reached, per partition (0 where it never was). */
  positions(topic: string, group: string): Promise<Offsets>;
  /** The topics this log was opened with. */
  readonly topics: readonly TopicSpec[];
  close(): Promise<void>;
}

/** The largest envelope in bytes. */
export const MAX_ENVELOPE_BYTES = 900_000;
/** The most that key and headers of a record may take together, in bytes as stored. */
export const MAX_HEADER_BYTES = 16_000;
/** How many records a reader gets at a time when it does not say. */
export const DEFAULT_MAX_BATCH = 512;
