import { ViewBatch } from '@corridor/contracts/hub/v1/updates';
import { OWNER } from '../community.ts';
import { batchIn, BareSubscriber } from '../received.ts';
import { quantile, type Line } from '../statistics.ts';
import { message } from '../updates.ts';
import type { Bench } from './case.ts';

/** As many as the raw engine is measured at where it tells its readers, and more where there is nothing to compare with. */
const PER_SECOND = 500;
const PER_SECOND_BESIDE_RAW = 200;
/** Bytes of the envelope of one update. */
const ENVELOPE = 400;
/** Deliveries of so many subscribers are decoded to take their time; the others only count. */
const TIMED = 3;

/** From publishing to receiving, at a steady rate. */
export async function latency(bench: Bench): Promise<readonly Line[]> {
  const raw = await bench.raw.roundTrips(ENVELOPE, PER_SECOND_BESIDE_RAW, Math.ceil(2000 * Math.max(bench.scale, 0.1)));
  const perSecond = raw === undefined ? PER_SECOND : PER_SECOND_BESIDE_RAW;
  const lines: Line[] = [];
  for (const subscribers of [1, 10, 100]) {
    const samples = await withSubscribers(subscribers, perSecond, bench);
    lines.push({
      what: `publish to receive at ${perSecond}/s, ${subscribers} subscribers`,
      value: shown(samples),
      ...(raw === undefined ? { aim: 'p50 <= 1.5, p99 <= 5 ms' } : { raw: shown(raw), ratio: quantile(samples, 0.5) / quantile(raw, 0.5), aim: '<= 2' }),
    });
  }
  return lines;
}

const shown = (samples: readonly number[]): string => `p50 ${quantile(samples, 0.5).toFixed(2)} p99 ${quantile(samples, 0.99).toFixed(2)} ms`;

async function withSubscribers(count: number, perSecond: number, { node, community: { owner, reader }, scale }: Bench): Promise<readonly number[]> {
  const token = await reader.accessToken();
  const subscribers = Array.from({ length: count }, () => new BareSubscriber(node.address, token, 'now'));
  const sentAt = new Map<string, number>();
  const samples: number[] = [];
  for (const subscriber of subscribers.slice(0, TIMED)) {
    subscriber.onDelivery = (bytes) => {
      const now = performance.now();
      for (const { name } of ViewBatch.decode(batchIn(bytes)).updates) {
        const sent = sentAt.get(name.slice(-36));
        if (sent !== undefined) samples.push(now - sent);
      }
    };
  }
  const publisher = owner.publisher();
  await publishOneUntilAllHaveIt(publisher, subscribers);
  const seconds = 10 * Math.max(scale, 0.1);
  // What came before is folded and every path is warm, in the engines too, when counting begins.
  const warmUp = Math.ceil(seconds * perSecond);
  const updates = 2 * warmUp;
  const before = subscribers.map((s) => s.deliveries);
  const start = performance.now();
  for (let i = 0; i < updates; i += 1) {
    const due = start + (i * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const request = message(OWNER, i % 64, 1);
    if (i >= warmUp) sentAt.set(request.updates[0]?.updateId ?? '', performance.now());
    void publisher.publish(request);
  }
  await publisher.close();
  await Promise.all(subscribers.map((s, i) => s.reached((before[i] ?? 0) + updates, 30_000)));
  for (const subscriber of subscribers) subscriber.close();
  return samples;
}

/** Subscriptions count from the moment they reach the node: publishes until each has seen something. */
async function publishOneUntilAllHaveIt(publisher: { publish(request: ReturnType<typeof message>): Promise<unknown> }, subscribers: readonly BareSubscriber[]): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (subscribers.some((s) => s.deliveries === 0)) {
    if (performance.now() > deadline) throw new Error('a subscriber receives nothing');
    await publisher.publish(message(OWNER, 0, 1));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
