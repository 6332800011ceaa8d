import { found } from '../community.ts';
import { startNode } from '../node-process.ts';
import { publishAll } from '../publish.ts';
import { rawStream } from '../raw-stream.ts';
import { BareSubscriber } from '../received.ts';
import { rate, type Line } from '../statistics.ts';
import type { Bench } from './case.ts';

const SUBSCRIBERS = 10;
/** Fewer than a node keeps at hand, so that all subscribers read the same records there. */
const RECORDS = 1000;
const ROUNDS = 3;

/**
 * One view to ten subscribers at once, on a node of its own whose records are all at hand, against a bare stream of the
 * same bytes to as many callers.
 */
export async function fanOut({ scale }: Bench): Promise<readonly Line[]> {
  const node = await startNode();
  const community = await found(node);
  try {
    const records = Math.ceil(RECORDS * scale);
    await publishAll(community.owner, records, 1, 512);
    const token = await community.reader.accessToken();
    let best = 0;
    let size = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const start = performance.now();
      const subscribers = Array.from({ length: SUBSCRIBERS }, () => new BareSubscriber(node.address, token, 'beginning'));
      await Promise.all(subscribers.map((s) => s.reached(records, 120_000)));
      best = Math.max(best, (SUBSCRIBERS * records * 1000) / (performance.now() - start));
      size = Math.round((subscribers[0]?.bytes ?? 0) / records);
      for (const subscriber of subscribers) subscriber.close();
    }
    const raw = await rawStream(size, SUBSCRIBERS, records);
    return [
      {
        what: `fan-out of one view, ${SUBSCRIBERS} subscribers, ${size} B, best of ${ROUNDS}`,
        value: rate(best, 1),
        raw: rate(raw, 1),
        ratio: best / raw,
        aim: '>= 0.7',
      },
    ];
  } finally {
    community.close();
    await node.stop();
  }
}
