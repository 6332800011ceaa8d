import { Category, Purpose } from '@corridor/contracts/common/v1/vocabulary';
import type { Corridor } from '@corridor/client';
import { publishAll } from '../publish.ts';
import { quantile, rate, type Line } from '../statistics.ts';
import type { Bench } from './case.ts';

const PER_MESSAGE = 100;
const PAGES = 50;

let storedMessages = 0;

/** What this case has stored: the later ones read it. */
export const stored = (): { readonly messages: number; readonly updates: number } => ({
  messages: storedMessages,
  updates: storedMessages * PER_MESSAGE,
});

/** Pages of the archive while it grows: what a page costs must not depend on what is stored. */
export async function archivePages({ node, community: { owner, reader }, scale }: Bench): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const updates of [1000, 1_000_000 * scale]) {
    const messages = Math.ceil(updates / PER_MESSAGE) - storedMessages;
    const before = await node.memory();
    const seconds = await publishAll(owner, messages, PER_MESSAGE, 64);
    storedMessages += messages;
    const samples = await pages(reader);
    const total = (storedMessages * PER_MESSAGE).toLocaleString('en');
    lines.push({ what: `archive page of 100 with ${total} more stored`, value: `p50 ${quantile(samples, 0.5).toFixed(1)} p99 ${quantile(samples, 0.99).toFixed(1)} ms` });
    if (updates > 1000) {
      lines.push({ what: `publishing them; memory of the node`, value: rate(messages * PER_MESSAGE, seconds), raw: `${before} -> ${await node.memory()} MB`, aim: 'flat' });
    }
  }
  return lines;
}

async function pages(reader: Corridor): Promise<readonly number[]> {
  const samples: number[] = [];
  let pageToken = '';
  for (let i = 0; i < PAGES; i += 1) {
    const start = performance.now();
    const page = await reader.hub.listUpdates({
      purpose: Purpose.PURPOSE_PLANNING,
      filter: { owners: [], series: [], categories: [Category.CATEGORY_MOVEMENT], areas: [] },
      pageSize: 100,
      pageToken,
    });
    samples.push(performance.now() - start);
    pageToken = page.nextPageToken;
  }
  return samples;
}
