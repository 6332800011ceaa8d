import type { CorridorError } from '@corridor/kernel';
import type { Position } from '../event-log.ts';
import type { Sendable } from './record.ts';
import type { ProducerId, WireBatch } from './wire.ts';

/** A batch of one partition takes at most this many bytes; brokers refuse more than 1,048,588 (`max.message.bytes`). */
const BATCH_BYTES = 1_000_000;
/** Sequence numbers have 31 bits and start over. */
const SEQUENCES = 2 ** 31;

/** One `append`, while records of it wait or are under way. */
export interface Call {
  readonly positions: Position[];
  readonly since: number;
  /** Records of it that wait or are under way. */
  left: number;
  resolve(positions: readonly Position[]): void;
  reject(error: CorridorError): void;
  /** Nothing of it waits or is under way any more. */
  release(): void;
}

/** A record of a call. */
export interface Entry {
  readonly call: Call;
  readonly place: number;
  readonly record: Sendable;
}

/** What is under way to a partition: it is sent until a broker has answered, each time the same records under the same numbers. */
export interface Batch extends WireBatch {
  readonly entries: readonly Entry[];
  readonly producer: ProducerId;
}

/** What waits for one partition and what is under way to it, in order. */
export class Lane {
  readonly partition: number;
  batch: Batch | undefined;
  /** Since when the cluster has not taken what it was sent. */
  failingSince: number | undefined;
  #renumbered = false;
  #waiting: Entry[] = [];
  #sequence = 0;
  /** Whose numbers `#sequence` counts. */
  #producer: ProducerId | undefined;

  constructor(partition: number) {
    this.partition = partition;
  }

  get isIdle(): boolean {
    return this.batch === undefined && this.#waiting.length === 0;
  }

  /** Whether its batch was numbered anew already since one was stored. */
  get isRenumbered(): boolean {
    return this.#renumbered;
  }

  push(entry: Entry): void {
    this.#waiting.push(entry);
  }

  /** Whose numbers its batches had last. */
  get producer(): ProducerId | undefined {
    return this.#producer;
  }

  /** What is under way, else as much of what waits as one batch takes. */
  next(producer: ProducerId): Batch {
    this.batch ??= this.#gather(producer);
    return this.batch;
  }

  /** The batch is stored. */
  stored(baseOffset: number): readonly Entry[] {
    const entries = this.batch?.entries ?? [];
    this.batch = undefined;
    this.failingSince = undefined;
    this.#renumbered = false;
    for (const [i, { call, place }] of entries.entries()) call.positions[place] = { partition: this.partition, offset: baseOffset + i };
    return entries;
  }

  /** The batch is not stored and will be numbered anew. */
  takeBack(): void {
    this.#waiting = [...(this.batch?.entries ?? []), ...this.#waiting];
    this.batch = undefined;
    this.#renumbered = true;
  }

  /** Takes out what waits of some calls. */
  drop(calls: ReadonlySet<Call>): void {
    this.#waiting = this.#waiting.filter(({ call }) => {
      if (!calls.has(call)) return true;
      call.left -= 1;
      return false;
    });
  }

  /** Takes out everything. */
  clear(): readonly Entry[] {
    const entries = [...(this.batch?.entries ?? []), ...this.#waiting];
    this.batch = undefined;
    this.#waiting = [];
    return entries;
  }

  #gather(producer: ProducerId): Batch {
    let bytes = 0;
    let count = 0;
    for (const { record } of this.#waiting) {
      bytes += record.bytes;
      if (count > 0 && bytes > BATCH_BYTES) break;
      count += 1;
    }
    const entries = this.#waiting.splice(0, count);
    if (this.#producer !== producer) this.#sequence = 0;
    this.#producer = producer;
    const firstSequence = this.#sequence;
    this.#sequence = (firstSequence + count) % SEQUENCES;
    return { partition: this.partition, firstSequence, messages: entries.map(({ record }) => record), entries, producer };
  }
}
