import { OWNER } from '../community.ts';
import { rawStream } from '../raw-stream.ts';
import { BareSubscriber } from '../received.ts';
import { rate, type Line } from '../statistics.ts';
import { publishAll } from '../publish.ts';
import { message } from '../updates.ts';
import type { Bench } from './case.ts';

const SUBSCRIBERS = 100;
const RECORDS = 2000;
const PATIENCE_MS = 300_000;

/** What is published reaches a hundred subscribers that follow, against a bare stream of the same bytes to as many callers. */
export async function liveFanOut({ node, community: { owner, reader }, scale }: Bench): Promise<readonly Line[]> {
  const records = Math.ceil(RECORDS * scale);
  const token = await reader.accessToken();
  const subscribers = Array.from({ length: SUBSCRIBERS }, () => new BareSubscriber(node.address, token, 'now'));
  const deadline = performance.now() + PATIENCE_MS;
  while (subscribers.some(({ deliveries }) => deliveries === 0)) {
    if (performance.now() > deadline) throw new Error('a subscriber receives nothing');
    await owner.hub.publish(message(OWNER, 0, 1));
  }
  const before = subscribers.map(({ deliveries }) => deliveries);
  const start = performance.now();
  await publishAll(owner, records, 1, 64);
  await Promise.all(subscribers.map((subscriber, i) => subscriber.reached((before[i] ?? 0) + records, PATIENCE_MS)));
  const perSecond = (SUBSCRIBERS * records * 1000) / (performance.now() - start);
  const size = Math.round((subscribers[0]?.bytes ?? 0) / (subscribers[0]?.deliveries ?? 1));
  for (const subscriber of subscribers) subscriber.close();
  const raw = await rawStream(size, SUBSCRIBERS, records);
  return [{ what: `live fan-out to ${SUBSCRIBERS} subscribers, ${size} B, publishing included`, value: rate(perSecond, 1), raw: rate(raw, 1), ratio: perSecond / raw }];
}
