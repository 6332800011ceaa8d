import { describe, expect, it } from 'vitest';
import { batchFault, endsAfter, leafAt, NOTHING, through, type Batch, type Run, type Sequenced } from './batch.ts';

const run = (topic: string, partition: number, from: number, count: number): Run => ({ topic, partition, from, count });

function batch(before: Sequenced, ...runs: readonly Run[]): Batch {
  const count = runs.reduce((sum, one) => sum + one.count, 0);
  return { first: before.size, runs, leaves: Buffer.alloc(32 * count), ends: endsAfter(before.ends, runs) };
}

const first = batch(NOTHING, run('a', 0, 0, 3), run('b', 2, 0, 2));
const second = batch(through(first), run('b', 2, 2, 1), run('a', 0, 3, 4));

describe('a batch', () => {
  it('stands behind the one before it', () => {
    expect(batchFault(NOTHING, first)).toBeUndefined();
    expect(batchFault(through(first), second)).toBeUndefined();
    expect(through(second)).toEqual({ size: 10, ends: new Map([['a', [7]], ['b', [0, 0, 3]]]) });
  });

  it('may leave out records that expired before they had a leaf', () => {
    expect(batchFault(through(first), batch(through(first), run('a', 0, 9, 1)))).toBeUndefined();
  });

  const before = through(first);
  const good = batch(before, run('a', 0, 3, 2));
  const bad: readonly (readonly [why: string, batch: Batch])[] = [
    ['begins elsewhere', { ...good, first: 4 }],
    ['takes a record again', batch(before, run('a', 0, 2, 2))],
    ['takes a record twice', batch(before, run('a', 0, 3, 2), run('a', 0, 4, 1))],
    ['holds a leaf too few', { ...good, leaves: Buffer.alloc(32) }],
    ['holds a run of nothing', batch(before, run('a', 0, 3, 2), run('b', 2, 2, 0))],
    ['holds nothing', batch(before)],
    ['states another end', { ...good, ends: new Map([['a', [6]], ['b', [0, 0, 2]]]) }],
    ['states the end of a topic it does not know', { ...good, ends: new Map([...good.ends, ['c', [1]]]) }],
    ['leaves out the end of a topic', { ...good, ends: new Map([['a', [5]]]) }],
  ];
  it.each(bad)('that %s follows nothing', (_why, wrong) => {
    expect(batchFault(before, wrong)).toBeDefined();
  });

  it('knows the leaf of each of its records and of no other', () => {
    const at = (topic: string, partition: number, offset: number): number | undefined => leafAt(second, { topic, partition, offset });
    expect([at('b', 2, 2), at('a', 0, 3), at('a', 0, 6)]).toEqual([5, 6, 9]);
    expect([at('a', 0, 2), at('a', 0, 7), at('b', 2, 3), at('b', 1, 2), at('c', 0, 3)]).toEqual(Array(5).fill(undefined));
  });
});
