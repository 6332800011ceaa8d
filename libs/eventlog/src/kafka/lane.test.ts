import { describe, expect, it } from 'vitest';
import { type Call, Lane } from './lane.ts';

const producer = { producerId: '1', producerEpoch: 0 };
const nothing = (): void => undefined;
const call = (records: number): Call => ({
  positions: Array.from({ length: records }, () => ({ partition: 0, offset: -1 })),
  since: 0,
  left: records,
  resolve: nothing,
  reject: nothing,
  release: nothing,
});
function push(lane: Lane, of: Call, bytes = 100): void {
  for (const place of of.positions.keys()) lane.push({ call: of, place, record: { key: Buffer.from('k'), value: Buffer.alloc(1), headers: {}, bytes } });
}

describe('a lane', () => {
  it('gives out the same batch until it is stored, then the next one under the numbers that follow', () => {
    const lane = new Lane(3);
    const [first, second] = [call(2), call(3)];
    push(lane, first);
    const batch = lane.next(producer);
    push(lane, second);
    expect(lane.next(producer)).toBe(batch);
    expect(batch).toMatchObject({ partition: 3, firstSequence: 0 });
    expect(batch.messages).toHaveLength(2);
    lane.stored(40);
    expect(first.positions).toEqual([{ partition: 3, offset: 40 }, { partition: 3, offset: 41 }]);
    expect(lane.next(producer)).toMatchObject({ firstSequence: 2 });
  });

  it('fills a batch up to what brokers take, and lets a record that is larger go alone', () => {
    const lane = new Lane(0);
    push(lane, call(3), 400_000);
    push(lane, call(1), 1_020_000);
    const sizes: number[] = [];
    while (!lane.isIdle) {
      sizes.push(lane.next(producer).entries.length);
      lane.stored(0);
    }
    expect(sizes).toEqual([2, 1, 1]);
  });

  it('numbers what it takes back anew, before what waits, when the broker has forgotten its producer', () => {
    const lane = new Lane(0);
    const [first, second] = [call(2), call(1)];
    push(lane, first);
    lane.next(producer);
    lane.stored(0);
    push(lane, first);
    lane.next(producer);
    push(lane, second);
    lane.takeBack();
    const batch = lane.next({ producerId: '2', producerEpoch: 0 });
    expect(batch.firstSequence).toBe(0);
    expect(batch.entries.map((entry) => entry.call)).toEqual([first, first, second]);
  });

  it('drops what waits of a call and nothing of what is under way', () => {
    const lane = new Lane(0);
    const of = call(2);
    push(lane, of);
    const batch = lane.next(producer);
    push(lane, of);
    lane.drop(new Set([of]));
    expect(of.left).toBe(0);
    expect(lane.next(producer)).toBe(batch);
    lane.stored(0);
    expect(lane.isIdle).toBe(true);
  });
});
