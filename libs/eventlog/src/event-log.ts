/** The name of a topic as the topic table declares it, e.g. `corridor.updates.v1`. */
export interface TopicSpec {
  readonly name: string;
  /** How many partitions; fixed for the life of the topic, the same in every edition. */
  readonly partitions: number;
  /** For how long records are kept, in milliseconds; `forever` never drops one. */
  readonly retention: number | 'forever';
}

/** What is appended. `key` decides the partition (murmur2 of its bytes, as Kafka's default partitioner). */
export interface NewRecord {
  readonly key: string;
  /** The stored envelope: the bytes that hashes and leaves cover. */
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

/** A running reader. `stop()` is idempotent; it resolves when the batch in hand is finished and its position kept. */
export interface Consumer {
  /** Rejects when the consumer can go no further (handler error, damaged log); resolves after `stop()`. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

/** What a consumer handles at a time: records of one partition in order, never empty, at most `maxBatch` of them. */
export type OnBatch = (records: readonly StoredRecord[]) => Promise<void>;

/**
 * An ordered, durable, partitioned log.
 *
 * - Records of one key go to one partition; per partition, offsets MUST be dense and in append order.
 * - `append` MUST resolve only when all its records are durable (survive power loss of the node; of a minority of
 *   replicas in the cluster edition), and MUST keep their order; records of one call with one key MUST stand in order.
 * - `append` MUST reject with VALUE_TOO_LARGE, and store nothing, when an envelope exceeds 900 kB; with STORAGE_FULL,
 *   and store nothing of the call, when the disk is full; reading MUST go on then.
 * - A call whose `append` rejected for another reason MAY have stored its records.
 * - `consume` MUST deliver the records of a partition in order and at least once per group; the group's position MUST
 *   move only after `onBatch` resolved; after a crash or a rejecting handler delivery MUST go on from the kept position.
 *   Within one process two consumers of the same group on one topic MUST be refused with STATE_FORBIDS.
 * - `tail` MUST yield every record from `from` on, in order per partition, then wait for new ones, until its signal
 *   aborts (then it ends without error). It shares its position with nobody and MUST NOT buffer more than `maxBatch`
 *   records beyond what it has yielded.
 * - `end` MUST return, per partition, an offset not lower than that of any record acknowledged before the call, plus 1.
 * - `begin` MUST return, per partition, the lowest offset that still can be read.
 * - `read` MUST return up to `limit` records from a position on, without waiting; fewer only at the end.
 * - Every operation on an undeclared topic MUST reject with NOT_FOUND; after `close`, with UNAVAILABLE.
 */
export interface EventLog {
  append(topic: string, records: readonly NewRecord[]): Promise<readonly Position[]>;
  consume(topic: string, group: string, onBatch: OnBatch, options?: { readonly maxBatch?: number }): Consumer;
  tail(
    topic: string,
    from: Offsets,
    options: { readonly signal: AbortSignal; readonly maxBatch?: number },
  ): AsyncIterable<readonly StoredRecord[]>;
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
