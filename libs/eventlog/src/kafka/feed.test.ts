import { systemClock } from '@corridor/kernel';
import kafkajs from 'kafkajs';
import errors from 'kafkajs/src/protocol/error.js';
import { expect, it } from 'vitest';
import type { KafkaHappening } from './connection.ts';
import { type FeedWire, follow } from './feed.ts';
import { Leaderless } from './leaderless.ts';
import { Patience } from './patience.ts';

const KAFKA_STORAGE_ERROR = 56;
const OFFSET_OUT_OF_RANGE = 1;
const recordAt = (offset: number) => ({ offset, key: Buffer.from('k'), value: Buffer.from(`${offset}`), headers: {} });

/** A broker that answers each fetch by what it was asked for, and the partitions of each fetch in order. */
function broker(answer: (partition: number, offset: number) => readonly number[] | Error, code = KAFKA_STORAGE_ERROR): { readonly wire: FeedWire; readonly asked: readonly (readonly number[])[] } {
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
            return found instanceof Error ? { partition, error: errors.createErrorFromCode(code), end: 0, records: [] } : { partition, error: undefined, end: 100, records: found.map(recordAt) };
          }),
        );
      },
    },
  };
}

const following = (wire: FeedWire, signal: AbortSignal, observe: (happening: KafkaHappening) => void = () => undefined) => ({
  wire,
  topic: 'a.v1',
  next: new Map([[0, 0], [1, 0], [2, 0]]),
  maxBatch: 10,
  signal,
  onGap: undefined,
  patience: new Patience(systemClock, 1000, observe),
  leaderless: new Leaderless(observe),
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

it('reads on from the others while a broker cannot be reached, while a partition has no leader, and while nobody says who leads', async () => {
  const stop = new AbortController();
  const told: string[] = [];
  const { wire } = broker((_, offset) => [offset]);
  let asked = 0;
  const cut: FeedWire = {
    ...wire,
    leaders: () => {
      asked += 1;
      // Partition 1 is led by a broker that is away, 2 by none.
      return asked === 1 ? Promise.resolve(new Map([[0, 1], [1, 2]])) : new Promise(() => undefined);
    },
    fetch: (node, ...rest) => (node === 2 ? Promise.reject(new kafkajs.KafkaJSConnectionError('away')) : wire.fetch(node, ...rest)),
  };
  const read: string[] = [];
  for await (const records of follow(following(cut, stop.signal, (happening) => void told.push(happening.kind === 'leaderless' ? `${happening.topic} lacks ${happening.partitions.join()}` : happening.kind)))) {
    for (const { partition, offset } of records) read.push(`${partition}/${offset}`);
    await new Promise(setImmediate);
    if (asked > 1 && read.length > 100) stop.abort();
  }
  expect(read.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, offset) => `0/${offset}`));
  expect(told).toEqual(['a.v1 lacks 2', 'unreachable', 'a.v1 lacks ', 'reachable']);
});

it('waits before it asks again for what is said to be out of range and is not', async () => {
  const stop = new AbortController();
  const { wire, asked } = broker(() => new Error('out of range'), OFFSET_OUT_OF_RANGE);
  let bounds = 0;
  const flapping: FeedWire = {
    ...wire,
    offsets: (_node, _topic, [partition], which) => {
      bounds += 1;
      if (bounds >= 18) stop.abort();
      return Promise.resolve(new Map([[partition ?? 0, which === 'begin' ? 0 : 5]]));
    },
  };
  for await (const _ of follow(following(flapping, stop.signal))) expect.fail('nothing to read');
  // Three rounds of three partitions, with 20 and 40 ms between them.
  expect(asked.flat().length).toBeLessThanOrEqual(9);
});

it('tells which partitions have no leader of all that are read, when that changes', () => {
  const told: (readonly number[])[] = [];
  const leaderless = new Leaderless((happening) => void (happening.kind === 'leaderless' && told.push(happening.partitions)));
  const [one, two] = [leaderless.reader('a.v1'), leaderless.reader('a.v1')];
  one.found([3, 1]);
  one.found([3, 1]);
  two.found([3]);
  two.found([2]);
  one.ended();
  two.found([]);
  two.ended();
  expect(told).toEqual([[1, 3], [1, 2, 3], [2], []]);
});
