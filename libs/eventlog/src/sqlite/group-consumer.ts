import { CorridorError } from '@corridor/kernel';
import type { Consumer, OnBatch, StoredRecord } from '../event-log.ts';

/** What a group consumer stands on. */
export interface GroupSource {
  /** Everything from the kept position on; ends when the signal aborts. */
  follow(signal: AbortSignal): AsyncIterable<readonly StoredRecord[]>;
  /** Makes positions (next offset by partition) durable. */
  keep(positions: ReadonlyMap<number, number>): Promise<void>;
  /** The consumer has ended, however. */
  ended(): void;
}

/**
 * Hands records to a handler and keeps the group's position behind it. Positions are written while the next batch is
 * handled, the latest of each partition only: they may lag and never lead. A full disk delays them, nothing else.
 */
export class GroupConsumer implements Consumer {
  readonly done: Promise<void>;
  readonly #source: GroupSource;
  readonly #onBatch: OnBatch;
  readonly #stop = new AbortController();
  #moved = new Map<number, number>();
  #keeping: Promise<void> | undefined;
  #failed: CorridorError | undefined;

  constructor(source: GroupSource, onBatch: OnBatch) {
    this.#source = source;
    this.#onBatch = onBatch;
    // Later, so that whoever starts it has noted it down before it can end.
    this.done = Promise.resolve().then(() => this.#run());
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.done.catch(() => undefined);
  }

  async #run(): Promise<void> {
    try {
      for await (const records of this.#source.follow(this.#stop.signal)) {
        for (const batch of byPartition(records)) {
          if (this.#stop.signal.aborted) break;
          await this.#onBatch(batch);
          this.#handled(batch);
        }
      }
    } finally {
      while (this.#keeping !== undefined) await this.#keeping;
      if (this.#moved.size > 0) await this.#keep();
      this.#source.ended();
    }
    if (this.#failed !== undefined) throw this.#failed;
  }

  #handled(batch: readonly StoredRecord[]): void {
    const last = batch.at(-1);
    if (last === undefined) return;
    this.#moved.set(last.partition, last.offset + 1);
    this.#keeping ??= this.#keep();
  }

  async #keep(): Promise<void> {
    const moved = this.#moved;
    this.#moved = new Map();
    let kept = true;
    try {
      await this.#source.keep(moved);
    } catch (error) {
      kept = false;
      if (!isFull(error)) {
        this.#failed = CorridorError.from(error);
        this.#stop.abort();
      }
      this.#moved = new Map([...moved, ...this.#moved]);
    }
    this.#keeping = kept && this.#moved.size > 0 ? this.#keep() : undefined;
  }
}

const isFull = (error: unknown): boolean =>
  error instanceof CorridorError && (error.reason === 'STORAGE_FULL' || error.reason === 'QUEUE_FULL');

/** The records of each partition together, in their order. */
function byPartition(records: readonly StoredRecord[]): readonly (readonly StoredRecord[])[] {
  const batches = new Map<number, StoredRecord[]>();
  for (const record of records) {
    const batch = batches.get(record.partition);
    if (batch === undefined) batches.set(record.partition, [record]);
    else batch.push(record);
  }
  return [...batches.values()];
}
