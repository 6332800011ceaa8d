import { concat, CorridorError, equalBytes } from '@corridor/kernel';
import { HASH_SIZE } from '@corridor/merkle';
import { Bell } from '../application/bell.ts';
import { endOf, endsAfter, type Batch, type Ends, type Place, type Run, type Sequenced } from '../domain/batch.ts';

/** A record that is to get a leaf. */
export interface Leaf extends Place {
  readonly hash: Uint8Array;
}

/** Leaves of neighbouring records. */
interface OpenRun {
  readonly from: number;
  readonly hashes: Uint8Array[];
}

interface Partition {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the next record that is wanted. */
  next: number;
  runs: OpenRun[];
}

/** Leaves that were read from the log and stand in no batch yet; a bounded number of them. */
export class PendingLeaves {
  readonly #capacity: number;
  readonly #partitions = new Map<string, Partition>();
  readonly #came = new Bell();
  readonly #left = new Bell();
  #size = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Number of leaves. */
  get size(): number {
    return this.#size;
  }

  /** Whether half of what fits is here: sequencing need not wait for more. */
  get isPlenty(): boolean {
    return this.#size * 2 >= this.#capacity;
  }

  /** The offset of the next record of a partition that is neither here nor in a batch. */
  next(topic: string, partition: number): number {
    return this.#partitions.get(key(topic, partition))?.next ?? 0;
  }

  /** Takes leaves when there is room for them; those it had before are left out. Takes none once `signal` aborts. */
  async put(leaves: readonly Leaf[], signal: AbortSignal): Promise<void> {
    while (this.#size > 0 && this.#size + leaves.length > this.#capacity && !signal.aborted) await this.#left.next(signal);
    if (signal.aborted) return;
    for (const leaf of leaves) this.#put(leaf);
    this.#came.ring();
  }

  /** Resolves when something is here or `signal` aborts. */
  async some(signal: AbortSignal): Promise<void> {
    while (this.#size === 0 && !signal.aborted) await this.#came.next(signal);
  }

  /** The batch of all that is here, behind what was sequenced before; those of one partition stand together. */
  batch(before: Sequenced): Batch | undefined {
    const runs: Run[] = [];
    const hashes: Uint8Array[] = [];
    for (const { topic, partition, runs: open } of this.#partitions.values()) {
      for (const run of open) {
        runs.push({ topic, partition, from: run.from, count: run.hashes.length });
        for (const hash of run.hashes) hashes.push(hash);
      }
    }
    if (runs.length === 0) return undefined;
    return { first: before.size, runs, leaves: concat(...hashes), ends: endsAfter(before.ends, runs) };
  }

  /** @throws CorridorError LOG_FORKED when somebody else's batch holds another leaf for a record that was read here */
  requireSame(batch: Batch): void {
    let at = 0;
    for (const run of batch.runs) {
      this.#compare(run, batch.leaves.subarray(at, at + run.count * HASH_SIZE));
      at += run.count * HASH_SIZE;
    }
  }

  /** Forgets everything before these positions; what comes for it later is left out. */
  skipTo(ends: Ends): void {
    for (const [topic, offsets] of ends) {
      for (const partition of offsets.keys()) this.#skip(this.#partition(topic, partition), endOf(ends, topic, partition));
    }
    this.#left.ring();
  }

  #put({ topic, partition, offset, hash }: Leaf): void {
    const into = this.#partition(topic, partition);
    if (offset < into.next) return;
    const last = into.runs.at(-1);
    if (last !== undefined && offset === into.next) last.hashes.push(hash);
    else into.runs.push({ from: offset, hashes: [hash] });
    into.next = offset + 1;
    this.#size += 1;
  }

  #compare({ topic, partition, from, count }: Run, leaves: Uint8Array): void {
    for (const run of this.#partition(topic, partition).runs) {
      const begin = Math.max(from, run.from);
      const end = Math.min(from + count, run.from + run.hashes.length);
      if (begin >= end) continue;
      const here = concat(...run.hashes.slice(begin - run.from, end - run.from));
      if (!equalBytes(here, leaves.subarray((begin - from) * HASH_SIZE, (end - from) * HASH_SIZE))) {
        throw new CorridorError('LOG_FORKED', `the batch that was stored first holds other leaves for ${topic} ${partition}:${begin} to ${end - 1}`);
      }
    }
  }

  #skip(partition: Partition, end: number): void {
    partition.next = Math.max(partition.next, end);
    const left: OpenRun[] = [];
    for (const { from, hashes } of partition.runs) {
      const gone = Math.min(Math.max(0, end - from), hashes.length);
      this.#size -= gone;
      if (gone < hashes.length) left.push({ from: from + gone, hashes: hashes.slice(gone) });
    }
    partition.runs = left;
  }

  #partition(topic: string, partition: number): Partition {
    const known = this.#partitions.get(key(topic, partition));
    if (known !== undefined) return known;
    const made: Partition = { topic, partition, next: 0, runs: [] };
    this.#partitions.set(key(topic, partition), made);
    return made;
  }
}

const key = (topic: string, partition: number): string => `${topic}/${partition}`;
