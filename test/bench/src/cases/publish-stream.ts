import { publishAll } from '../publish.ts';
import { rate, type Line } from '../statistics.ts';
import type { Bench } from './case.ts';

/** Bytes of the envelope of one update, and of a hundred. */
const ENVELOPE_1 = 400;
const ENVELOPE_100 = 12_000;

/** Acknowledged, durable updates over one stream. */
export async function publishStream({ community: { owner }, raw, scale }: Bench): Promise<readonly Line[]> {
  await publishAll(owner, Math.ceil(20_000 * scale), 1, 512);
  const singles = Math.ceil(100_000 * scale);
  const single = await publishAll(owner, singles, 1, 512);
  const hundreds = Math.ceil(5000 * scale);
  const hundred = await publishAll(owner, hundreds, 100, 64);
  const rawSingle = await raw.appends(ENVELOPE_1, 256, Math.ceil(200_000 * scale));
  const rawHundred = (await raw.appends(ENVELOPE_100, 32, Math.ceil(10_000 * scale))) * 100;
  return [
    { what: 'publish stream, 1 update/message, 512 in flight', value: rate(singles, single), raw: rate(rawSingle, 1), ratio: singles / single / rawSingle, aim: '>= 20,000/s' },
    { what: 'publish stream, 100 updates/message, 64 in flight', value: rate(hundreds * 100, hundred), raw: rate(rawHundred, 1), ratio: (hundreds * 100) / hundred / rawHundred, aim: '>= 100,000/s' },
  ];
}
