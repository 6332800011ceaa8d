import type { ByteReader } from '@corridor/sqlite';
import type { NewRecord, Position, StoredRecord, TopicSpec } from '../event-log.ts';

/** A partition as the file knows it. */
export interface OpenPartition {
  /** Its number among all partitions of the file. */
  readonly id: number;
  /** Lowest offset that can be read. */
  begin: number;
  /** Offset behind the last acknowledged record. */
  end: number;
}

/** Reads partitions as the operations of the log write them: per partition u16 id, u53 begin, u53 end. */
export const readPartitions = (reply: ByteReader, count: number): readonly OpenPartition[] =>
  Array.from({ length: count }, () => ({ id: reply.u16(), begin: reply.u53(), end: reply.u53() }));

/** How much of what was just appended is kept for the readers that stand at the end. */
export interface RecentLimits {
  readonly records: number;
  readonly bytes: number;
}

/**
 * One open topic in the memory of the caller's thread: where its partitions begin and end, and the records appended
 * last, in commit order, so that readers at the end need not ask the database. Nothing is kept while nobody reads.
 */
export class OpenTopic {
  readonly spec: TopicSpec;
  readonly partitions: readonly OpenPartition[];
  readonly #limits: RecentLimits;
  readonly #withdrawing = new AbortController();
  #recent: (StoredRecord | undefined)[] = [];
  /** Place in `#recent` of the oldest record still kept; the empty places before it are cut off now and then. */
  #oldest = 0;
  /** How many records were pushed before `#recent[0]`. */
  #sequence = 0;
  /** Per partition the offset of the first record that the memory holds or will hold. */
  readonly #from: number[];
  #bytes = 0;
  #readers = 0;
  #waiting: (() => void)[] = [];

  constructor(spec: TopicSpec, partitions: readonly OpenPartition[], limits: RecentLimits) {
    this.spec = spec;
    this.partitions = partitions;
    this.#limits = limits;
    this.#from = partitions.map(({ end }) => end);
  }

  /** Aborts when the topic is taken away. */
  get withdrawn(): AbortSignal {
    return this.#withdrawing.signal;
  }

  withdraw(): void {
    this.#withdrawing.abort();
  }

  /** A record became durable. Called in the order of commits. */
  committed(record: NewRecord, position: Position): void {
    const { partition, offset } = position;
    const open = this.partitions[partition];
    if (open === undefined) return;
    open.end = offset + 1;
    if (this.#readers === 0) {
      this.#from[partition] = offset + 1;
      return;
    }
    const { key, envelope, headers } = record;
    this.#recent.push({ topic: this.spec.name, partition, offset, key, envelope, headers });
    this.#bytes += envelope.length;
    while (this.#bytes > this.#limits.bytes || this.#recent.length - this.#oldest > this.#limits.records) this.#drop();
  }

  /** Wakes everyone who waits for records. */
  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves when records came in, at the latest when `signal` aborts. */
  async more(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    const abort = (): void => resolve();
    signal.addEventListener('abort', abort, { once: true });
    await promise;
    signal.removeEventListener('abort', abort);
    const at = this.#waiting.indexOf(resolve);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /** A reader that wants to follow. The returned function ends that. */
  join(): () => void {
    this.#readers += 1;
    return () => {
      this.#readers -= 1;
      if (this.#readers === 0) this.#forget();
    };
  }

  /** Where in the memory a reader can start that has read up to `next`; undefined when it must ask the database first. */
  enter(next: readonly number[]): number | undefined {
    return this.#from.every((offset, partition) => (next[partition] ?? 0) >= offset) ? this.#sequence + this.#oldest : undefined;
  }

  /** Up to `most` records from a place on; undefined when the memory does not reach back so far any more. */
  recent(from: number, most: number): readonly StoredRecord[] | undefined {
    const start = from - this.#sequence;
    if (start < this.#oldest) return undefined;
    return this.#recent.slice(start, start + most).filter((record) => record !== undefined);
  }

  #drop(): void {
    const record = this.#recent[this.#oldest];
    if (record === undefined) return;
    this.#from[record.partition] = record.offset + 1;
    this.#bytes -= record.envelope.length;
    this.#recent[this.#oldest] = undefined;
    this.#oldest += 1;
    if (this.#oldest * 2 > this.#limits.records) {
      this.#recent = this.#recent.slice(this.#oldest);
      this.#sequence += this.#oldest;
      this.#oldest = 0;
    }
  }

  #forget(): void {
    this.#sequence += this.#recent.length;
    this.#recent = [];
    this.#oldest = 0;
    this.#bytes = 0;
    for (const [partition, { end }] of this.partitions.entries()) this.#from[partition] = end;
  }
}
