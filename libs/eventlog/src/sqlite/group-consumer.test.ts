import { CorridorError, type Reason } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import type { StoredRecord } from '../event-log.ts';
import { GroupConsumer } from './group-consumer.ts';

const record = (partition: number, offset: number): StoredRecord => ({ topic: 't', partition, offset, key: 'k', envelope: new Uint8Array(), headers: {} });

/** Hands out the batches, then waits for the end; positions are kept unless `refuse` says why not. */
class Source {
  readonly kept = new Map<number, number>();
  hasEnded = false;
  readonly #batches: readonly (readonly StoredRecord[])[];
  readonly #refuse: () => Reason | undefined;

  constructor(batches: readonly (readonly StoredRecord[])[], refuse: () => Reason | undefined) {
    this.#batches = batches;
    this.#refuse = refuse;
  }

  async *follow(signal: AbortSignal): AsyncGenerator<readonly StoredRecord[], void, undefined> {
    for (const batch of this.#batches) yield batch;
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal.aborted) return;
    signal.addEventListener('abort', () => resolve());
    await promise;
  }

  async keep(positions: ReadonlyMap<number, number>): Promise<void> {
    const reason = this.#refuse();
    if (reason !== undefined) throw new CorridorError(reason, 'not kept');
    for (const [partition, next] of positions) this.kept.set(partition, next);
  }

  ended(): void {
    this.hasEnded = true;
  }
}

describe('a group consumer', () => {
  const batches = [[record(0, 0), record(1, 0)], [record(0, 1)], [record(1, 1), record(0, 2)]];

  it('goes on while the disk is full and keeps its positions once there is space', async () => {
    let seen = 0;
    const source = new Source(batches, () => (seen < 4 ? 'STORAGE_FULL' : undefined));
    const all = Promise.withResolvers<void>();
    const consumer = new GroupConsumer(source, async (records) => {
      seen += records.length;
      if (seen === 5) all.resolve();
    });
    await all.promise;
    await consumer.stop();
    await consumer.done;
    expect(source.kept).toEqual(new Map([[0, 3], [1, 2]]));
    expect(source.hasEnded).toBe(true);
  });

  it('fails when its positions cannot be kept for another reason', async () => {
    const source = new Source(batches, () => 'DATABASE_DAMAGED');
    const consumer = new GroupConsumer(source, async () => undefined);
    await expect(consumer.done).rejects.toMatchObject({ reason: 'DATABASE_DAMAGED' });
    expect(source.hasEnded).toBe(true);
  });
});
