import { Quota, systemClock, utf8 } from '@corridor/kernel';
import { expect, it } from 'vitest';
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
