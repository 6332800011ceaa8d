import { CorridorError } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { batchFault, NOTHING, through } from '../domain/batch.ts';
import { PendingLeaves, type Leaf } from './pending-leaves.ts';

const signal = new AbortController().signal;
const leaf = (partition: number, offset: number, fill = offset): Leaf => ({ topic: 'a', partition, offset, hash: Buffer.alloc(32, fill) });

describe('pending leaves', () => {
  it('become one batch in which those of a partition stand together, in order', async () => {
    const pending = new PendingLeaves(100);
    await pending.put([leaf(0, 0), leaf(1, 0), leaf(0, 1), leaf(1, 1)], signal);
    const batch = pending.batch(NOTHING);
    expect(batch?.runs).toEqual([
      { topic: 'a', partition: 0, from: 0, count: 2 },
      { topic: 'a', partition: 1, from: 0, count: 2 },
    ]);
    expect(batch && batchFault(NOTHING, batch)).toBeUndefined();
  });

  it('begin a new run behind records that are gone', async () => {
    const pending = new PendingLeaves(100);
    await pending.put([leaf(0, 0), leaf(0, 5), leaf(0, 6)], signal);
    expect(pending.batch(NOTHING)?.runs.map(({ from, count }) => [from, count])).toEqual([
      [0, 1],
      [5, 2],
    ]);
  });

  it('are taken once, whoever sequenced them', async () => {
    const pending = new PendingLeaves(100);
    const others = new PendingLeaves(100);
    await others.put([leaf(0, 0), leaf(0, 1)], signal);
    await pending.put([leaf(0, 0), leaf(0, 1), leaf(0, 2)], signal);
    const batch = others.batch(NOTHING);
    if (batch === undefined) throw new Error('no batch');
    pending.requireSame(batch);
    pending.skipTo(batch.ends);
    await pending.put([leaf(0, 1), leaf(0, 2), leaf(0, 3)], signal);
    expect(pending.batch(through(batch))?.runs).toEqual([{ topic: 'a', partition: 0, from: 2, count: 2 }]);
    expect(pending.size).toBe(2);
  });

  it('of one record are the same wherever it is read, else the log is forked', async () => {
    const pending = new PendingLeaves(100);
    const others = new PendingLeaves(100);
    await others.put([leaf(0, 0), leaf(0, 1, 9)], signal);
    await pending.put([leaf(0, 0), leaf(0, 1)], signal);
    const batch = others.batch(NOTHING);
    if (batch === undefined) throw new Error('no batch');
    expect(() => pending.requireSame(batch)).toThrow(CorridorError);
  });

  it('are no more than there is room for: who brings more waits until some are sequenced', async () => {
    const pending = new PendingLeaves(3);
    await pending.put([leaf(0, 0), leaf(0, 1)], signal);
    let isIn = false;
    const later = pending.put([leaf(0, 2), leaf(0, 3)], signal).then(() => {
      isIn = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect([isIn, pending.size]).toEqual([false, 2]);
    pending.skipTo(new Map([['a', [2]]]));
    await later;
    expect(pending.size).toBe(2);
  });
});
