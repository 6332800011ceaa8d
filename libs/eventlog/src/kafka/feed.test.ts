import { systemClock } from '@corridor/kernel';
import errors from 'kafkajs/src/protocol/error.js';
import { expect, it } from 'vitest';
import { type FeedWire, follow } from './feed.ts';
import { Patience } from './patience.ts';

const KAFKA_STORAGE_ERROR = 56;
const recordAt = (offset: number) => ({ offset, key: Buffer.from('k'), value: Buffer.from(`${offset}`), headers: {} });

/** A broker that answers each fetch by what it was asked for, and the partitions of each fetch in order. */
function broker(answer: (partition: number, offset: number) => readonly number[] | Error): { readonly wire: FeedWire; readonly asked: readonly (readonly number[])[] } {
  const asked: number[][] = [];
  return {
    asked,
    wire: {
      leaders: () => Promise.resolve(new Map([[0, 1], [1, 1], [2, 1]])),
      offsets: () => Promise.reject(new Error('not asked for')),
      fetch: (_node, _topic, from) => {
        asked.push(from.map(({ partition }) => partition));
        return Promise.resolve(
          from.map(({ partition, offset }) => {
            const found = answer(partition, offset);
            return found instanceof Error ? { partition, error: errors.createErrorFromCode(KAFKA_STORAGE_ERROR), end: 0, records: [] } : { partition, error: undefined, end: 100, records: found.map(recordAt) };
          }),
        );
      },
    },
  };
}

const following = (wire: FeedWire, signal: AbortSignal) => ({
  wire,
  topic: 'a.v1',
  next: new Map([[0, 0], [1, 0], [2, 0]]),
  maxBatch: 10,
  signal,
  onGap: undefined,
  patience: new Patience(systemClock, 1000, () => undefined),
});

it('goes on with the other partitions while one fails', async () => {
  const stop = new AbortController();
  const { wire } = broker((partition, offset) => (partition === 0 ? new Error('storage') : [offset]));
  const read: string[] = [];
  for await (const records of follow(following(wire, stop.signal))) {
    for (const { partition, offset } of records) read.push(`${partition}/${offset}`);
    if (read.length >= 4) stop.abort();
  }
  expect(read.toSorted()).toEqual(['1/0', '1/1', '2/0', '2/1']);
});

it('asks last for what it had last', async () => {
  const stop = new AbortController();
  const { wire, asked } = broker((partition, offset) => (partition === 0 ? [offset] : []));
  for await (const records of follow(following(wire, stop.signal))) if (records[0]?.offset === 1) stop.abort();
  expect(asked.slice(0, 2)).toEqual([[0, 1, 2], [1, 2, 0]]);
});

it('tells of records that are missing among others', async () => {
  const { wire } = broker((partition) => (partition === 1 ? [0, 1, 3] : []));
  const read = async (): Promise<void> => {
    for await (const records of follow(following(wire, new AbortController().signal))) expect(records).toEqual([]);
  };
  await expect(read()).rejects.toMatchObject({ reason: 'LOG_INCOMPLETE' });
});
