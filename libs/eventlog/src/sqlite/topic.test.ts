import { describe, expect, it } from 'vitest';
import { OpenTopic } from './topic.ts';

const open = (records: number, bytes: number): OpenTopic =>
  new OpenTopic({ name: 't', partitions: 1, retention: 'forever' }, [{ id: 1, begin: 0, end: 0 }], { records, bytes });
function commit(topic: OpenTopic, from: number, to: number): void {
  for (let offset = from; offset < to; offset += 1) {
    topic.committed({ key: 'k', envelope: new Uint8Array(1), headers: {} }, { partition: 0, offset });
  }
}
const offsets = (topic: OpenTopic, place: number): readonly number[] | undefined => topic.recent(place, 1000)?.map(({ offset }) => offset);

describe('the memory of a topic', () => {
  it.each([
    ['records', open(10, 1_000_000)],
    ['bytes', open(1000, 10)],
  ])('sends a reader back to the database as soon as it is behind what the bound on %s keeps', (_, topic) => {
    topic.join();
    const start = topic.enter([0]) ?? -1;
    commit(topic, 0, 10);
    expect(offsets(topic, start)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    commit(topic, 10, 12);
    expect(offsets(topic, start)).toBeUndefined();
    expect(offsets(topic, start + 1)).toBeUndefined();
    expect(offsets(topic, start + 2)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(topic.enter([1])).toBeUndefined();
    expect(topic.enter([2])).toBe(start + 2);
    commit(topic, 12, 500);
    expect(offsets(topic, topic.enter([495]) ?? -1)).toEqual([490, 491, 492, 493, 494, 495, 496, 497, 498, 499]);
  });

  it('keeps nothing while nobody reads', () => {
    const topic = open(10, 1_000_000);
    commit(topic, 0, 5);
    expect(topic.enter([4])).toBeUndefined();
    const leave = topic.join();
    commit(topic, 5, 7);
    expect(offsets(topic, topic.enter([5]) ?? -1)).toEqual([5, 6]);
    leave();
    expect(topic.enter([5])).toBeUndefined();
    expect(offsets(topic, topic.enter([7]) ?? -1)).toEqual([]);
  });
});
