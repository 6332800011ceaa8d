import { BareSubscriber } from '../received.ts';
import { rawStream } from '../raw-stream.ts';
import { rate, type Line } from '../statistics.ts';
import type { Bench } from './case.ts';
import { stored } from './archive-pages.ts';

/** A subscriber that begins with the first update that is kept. */
export async function catchUp({ node, community: { reader }, scale }: Bench): Promise<readonly Line[]> {
  const { messages, updates } = stored();
  const before = await node.memory();
  const subscriber = new BareSubscriber(node.address, await reader.accessToken(), 'beginning');
  const start = performance.now();
  await subscriber.reached(messages, 600_000);
  const seconds = (performance.now() - start) / 1000;
  const after = await node.memory();
  const size = Math.round(subscriber.bytes / subscriber.deliveries);
  subscriber.close();
  const raw = await rawStream(size, 1, Math.ceil(20_000 * scale));
  return [
    { what: `catch-up over ${updates.toLocaleString('en')} updates in ${messages.toLocaleString('en')} messages`, value: `${rate(updates, seconds)}`, raw: `${rate(raw * (updates / messages), 1)}`, ratio: messages / seconds / raw },
    { what: 'memory of the node before and after catching up', value: `${before} -> ${after} MB`, aim: 'flat' },
  ];
}
