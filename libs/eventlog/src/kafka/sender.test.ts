import { ManualClock, Quota, systemClock, utf8 } from '@corridor/kernel';
import kafkajs from 'kafkajs';
import errors from 'kafkajs/src/protocol/error.js';
import { expect, it, vi } from 'vitest';
import { partitionOf } from '../partition.ts';
import { Patience } from './patience.ts';
import { ProducerIds } from './producer-ids.ts';
import { Sender, type SenderOptions } from './sender.ts';
import type { ProducerId, WireBatch } from './wire.ts';

interface Sent extends WireBatch {
  readonly producer: ProducerId;
}

/** A broker that stores everything, and what it was sent. */
function broker(): { readonly wire: SenderOptions['wire']; readonly sent: readonly Sent[] } {
  const sent: Sent[] = [];
  let ids = 0;
  return {
    sent,
    wire: {
      leaders: () => Promise.resolve(new Map([[0, 1]])),
      producerId: () => Promise.resolve({ producerId: `${(ids += 1)}`, producerEpoch: 0 }),
      produce: (_node, _topic, batches, producer) => {
        sent.push(...batches.map((batch) => ({ ...batch, producer })));
        return Promise.resolve(batches.map(({ partition }) => ({ partition, error: undefined, baseOffset: 0 })));
      },
    },
  };
}

it('never counts from 0 again under the number of a sender of the same topic before it: brokers would take what is new for a repetition', async () => {
  const { wire, sent } = broker();
  const common = {
    spec: { name: 'a.v1', partitions: 1, retention: 'forever' },
    wire,
    ids: new ProducerIds(),
    queue: new Quota({ bytes: 100_000, calls: 10 }),
    patience: new Patience(systemClock, 1000, () => undefined),
  } as const;
  const withdrawn = new AbortController();
  const record = { key: 'k', envelope: utf8('one'), headers: {} };
  const before = new Sender({ ...common, ended: withdrawn.signal });
  await before.append([record]);
  await before.append([record]);
  withdrawn.abort();
  await new Sender({ ...common, ended: new AbortController().signal }).append([record]);
  expect(sent.map(({ firstSequence, producer }) => [producer.producerId, firstSequence])).toEqual([['1', 0], ['1', 1], ['2', 0]]);
});

it('lets many that call share a request, and keeps neither a few waiting nor as many as came last time', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { wire, sent } = broker();
    let answer: () => void = () => undefined;
    const sender = new Sender({
      spec: { name: 'a.v1', partitions: 1, retention: 'forever' },
      wire: {
        ...wire,
        produce: async (...args) => {
          const produced = wire.produce(...args);
          await new Promise<void>((resolve) => (answer = resolve));
          return produced;
        },
      },
      ids: new ProducerIds(),
      queue: new Quota({ bytes: 1_000_000, calls: 1000 }),
      patience: new Patience(systemClock, 1000, () => undefined),
      ended: new AbortController().signal,
    });
    const calls: Promise<unknown>[] = [];
    /** So many call; how many went with each request when all that is due at once is done. */
    const call = async (count: number): Promise<readonly number[]> => {
      for (let i = 0; i < count; i += 1) calls.push(sender.append([{ key: 'k', envelope: utf8('one'), headers: {} }]));
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      return sent.map(({ messages }) => messages.length);
    };
    expect(await call(20)).toEqual([20]);
    await call(10);
    answer();
    expect(await call(0)).toEqual([20]);
    expect(await call(10)).toEqual([20, 20]);
    await call(10);
    answer();
    expect(await call(0)).toEqual([20, 20]);
    vi.advanceTimersByTime(4);
    expect(await call(0)).toEqual([20, 20, 10]);
    await call(3);
    answer();
    expect(await call(0)).toEqual([20, 20, 10, 3]);
    answer();
    await Promise.all(calls);
  } finally {
    vi.useRealTimers();
  }
});

it('counts keys and headers against the queue', async () => {
  const { wire } = broker();
  const sender = new Sender({
    spec: { name: 'a.v1', partitions: 1, retention: 'forever' },
    wire,
    ids: new ProducerIds(),
    queue: new Quota({ bytes: 10_000, calls: 10 }),
    patience: new Patience(systemClock, 1000, () => undefined),
    ended: new AbortController().signal,
  });
  await expect(sender.append([{ key: 'k', envelope: utf8('small'), headers: { large: 'x'.repeat(12_000) } }])).rejects.toMatchObject({ reason: 'QUEUE_FULL' });
});

/** A key of each of two partitions. */
const [OF_FIRST, OF_SECOND] = [0, 1].map((partition) => Array.from({ length: 100 }, (_, i) => `${i}`).find((key) => partitionOf(key, 2) === partition) ?? '');

it.each([
  ['has no leader', new Map([[0, 1]])],
  ['is led by a broker that cannot be reached', new Map([[0, 1], [1, 2]])],
])('keeps storing at the other partitions while one %s', async (_, leaders) => {
  const { wire, sent } = broker();
  // What failed rests for as long as this clock stands.
  const patience = new Patience(new ManualClock(0), 60_000, () => undefined);
  const ended = new AbortController();
  const sender = new Sender({
    spec: { name: 'a.v1', partitions: 2, retention: 'forever' },
    wire: { ...wire, leaders: () => Promise.resolve(leaders), produce: (node, ...rest) => (node === 2 ? Promise.reject(new kafkajs.KafkaJSConnectionError('away')) : wire.produce(node, ...rest)) },
    ids: new ProducerIds(),
    queue: new Quota({ bytes: 100_000, calls: 100 }),
    patience,
    ended: ended.signal,
  });
  const append = (key: string | undefined) => sender.append([{ key: key ?? '', envelope: utf8('one'), headers: {} }]);
  const waits = append(OF_SECOND);
  for (let i = 0; i < 20; i += 1) await append(OF_FIRST);
  expect(sent.map(({ partition }) => partition)).toEqual(Array.from({ length: 20 }, () => 0));
  ended.abort(new Error('over'));
  await expect(waits).rejects.toThrow();
});

it('numbers anew at once what a broker does not know the numbers of, and waits when it does not know the new ones either', async () => {
  const { wire } = broker();
  const clock = new ManualClock(0);
  let produced = 0;
  const OUT_OF_ORDER_SEQUENCE_NUMBER = 45;
  const sender = new Sender({
    spec: { name: 'a.v1', partitions: 1, retention: 'forever' },
    wire: {
      ...wire,
      produce: (_node, _topic, batches) => {
        produced += 1;
        return Promise.resolve(batches.map(({ partition }) => (produced > 3 ? { partition, error: undefined, baseOffset: 7 } : { partition, error: errors.createErrorFromCode(OUT_OF_ORDER_SEQUENCE_NUMBER), baseOffset: -1 })));
      },
    },
    ids: new ProducerIds(),
    queue: new Quota({ bytes: 100_000, calls: 10 }),
    patience: new Patience(clock, 60_000, () => undefined),
    ended: new AbortController().signal,
  });
  const appended = sender.append([{ key: 'k', envelope: utf8('one'), headers: {} }]);
  await vi.waitFor(() => expect(produced).toBe(2));
  for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
  expect(produced).toBe(2);
  clock.advance(1000);
  await vi.waitFor(() => expect(produced).toBe(3));
  for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
  expect(produced).toBe(3);
  clock.advance(1000);
  expect(await appended).toEqual([{ partition: 0, offset: 7 }]);
});

it('never sends again what was to be stored at once or not at all', async () => {
  const { wire, sent } = broker();
  let away = true;
  const sender = new Sender({
    spec: { name: 'corridor.out.beta', partitions: 1, retention: 'forever' },
    wire: {
      ...wire,
      produce: (node, topic, batches, producer) => {
        if (!away) return wire.produce(node, topic, batches, producer);
        return Promise.reject(new kafkajs.KafkaJSConnectionError('away'));
      },
    },
    ids: new ProducerIds(),
    queue: new Quota({ bytes: 100_000, calls: 10 }),
    patience: new Patience(systemClock, 60_000, () => undefined),
    ended: new AbortController().signal,
    abandonAfterMs: 50,
  });
  const append = (content: string) => sender.append([{ key: 'k', envelope: utf8(content), headers: {} }]);
  const [underWay, waiting] = [append('decided before'), new Promise(setImmediate).then(() => append('decided before, too'))];
  await expect(underWay).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
  await expect(waiting).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
  away = false;
  await vi.waitFor(() => append('decided anew'), { timeout: 5000 });
  expect(sent.map(({ messages, firstSequence }) => [messages.length, firstSequence])).toEqual([[1, 0]]);
});
