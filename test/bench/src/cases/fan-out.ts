import { BareSubscriber } from '../received.ts';
import { publishAll } from '../publish.ts';
import { rawStream } from '../raw-stream.ts';
import { rate, type Line } from '../statistics.ts';
import type { Bench } from './case.ts';

const SUBSCRIBERS = 10;
/** How many records the node keeps at hand: all subscribers read the same ones there. */
const RECORDS = 4000;

/** One view to ten subscribers at once: the same records, at hand in the node, against a bare stream of the same bytes. */
export async function fanOut({ node, community: { owner, reader }, scale }: Bench): Promise<readonly Line[]> {
  const records = Math.ceil(RECORDS * scale);
  const token = await reader.accessToken();
  const first = new BareSubscriber(node.address, token, 'now');
  const attached = performance.now() + 30_000;
  while (first.deliveries === 0 && performance.now() < attached) await publishAll(owner, 1, 1, 1);
  const subscribers = [first, ...Array.from({ length: SUBSCRIBERS - 1 }, () => new BareSubscriber(node.address, token, 'now'))];
  while (subscribers.some((s) => s.deliveries === 0) && performance.now() < attached) await publishAll(owner, 1, 1, 1);
  const before = subscribers.map((s) => s.deliveries);
  const bytesBefore = first.bytes;
  const start = performance.now();
  const publishing = publishAll(owner, records, 10, 512);
  await Promise.all(subscribers.map((s, i) => s.reached((before[i] ?? 0) + records, 120_000)));
  const seconds = (performance.now() - start) / 1000;
  await publishing;
  const size = Math.round((first.bytes - bytesBefore) / records);
  for (const subscriber of subscribers) subscriber.close();
  const delivered = (SUBSCRIBERS * records) / seconds;
  const raw = await rawStream(size, SUBSCRIBERS, Math.ceil(20_000 * scale));
  return [
    {
      what: `fan-out of one view while publishing, ${SUBSCRIBERS} subscribers, ${size} B`,
      value: rate(delivered, 1),
      raw: rate(raw, 1),
      ratio: delivered / raw,
      aim: '>= 0.7',
    },
  ];
}
