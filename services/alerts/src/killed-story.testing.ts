import type { UpdateView } from '@corridor/contracts/hub/v1/updates';
import { month, retracted, START, type DeliveryChange } from './alerts.testing.ts';

/** How many deliveries the story has. */
export const DELIVERIES = 200;
const MONTHS = 30;
const THRESHOLD = 800;

/** What a delivery says of one month: a count, or that it is taken back. */
interface Said {
  readonly month: number;
  readonly version: number;
  readonly count: number | 'retracted';
}

/** Numbers that look drawn and are the same every time (Knuth's multiplicative hash). */
const drawn = (seed: number, below: number): number => ((Math.imul(seed + 1, 2_654_435_761) >>> 8) % 100_003) % below;

/** The whole story: counts around the threshold, corrections and retractions, each version once. */
const STORY: readonly (readonly Said[])[] = (() => {
  const versions = new Map<number, number>();
  return Array.from({ length: DELIVERIES }, (_, i) =>
    Array.from({ length: 1 + drawn(7 * i, 3) }, (__, j) => drawn(31 * i + j, MONTHS))
      .filter((number, at, all) => all.indexOf(number) === at)
      .map((number, at): Said => {
        const version = (versions.get(number) ?? 0) + 1;
        versions.set(number, version);
        const draw = drawn(101 * i + at, 1000);
        return { month: number, version, count: version > 1 && draw < 80 ? 'retracted' : 300 + draw };
      }),
  );
})();

/** One delivery of the story, as the hub would append it. */
export function deliveryOf(i: number): { readonly views: readonly UpdateView[]; readonly change: DeliveryChange } {
  const said = STORY[i] ?? [];
  return {
    views: said.map(({ month: number, version, count }) => (count === 'retracted' ? retracted(number, version) : month(number, count, { version }))),
    change: { publishTime: START + 1000 * i, expireTime: Date.UTC(2099, 0) },
  };
}

/** A thread as the story tells it: what each message says, the number of its month and its count, or `-` where it ends. */
type Thread = { readonly alarms: Map<number, number>; readonly messages: string[]; isOpen: boolean };

/**
 * The threads that the story must give, computed by hand and with nothing of the service: after each delivery its months
 * are looked at, in their order.
 */
export function expectedThreads(): readonly (readonly string[])[] {
  const counts = new Map<number, number | 'retracted'>();
  const threads: Thread[] = [];
  for (const said of STORY) {
    for (const { month: number, count } of said) counts.set(number, count);
    for (const number of said.map((each) => each.month).toSorted((a, b) => a - b)) lookAt(number, counts.get(number), threads);
  }
  return threads.map(({ messages }) => messages).toSorted((a, b) => (a.join() < b.join() ? -1 : 1));
}

function lookAt(number: number, count: number | 'retracted' | undefined, threads: Thread[]): void {
  const isAlarm = typeof count === 'number' && count >= THRESHOLD;
  const telling = threads.find((thread) => thread.isOpen && thread.alarms.has(number));
  if (!isAlarm) {
    if (telling === undefined) return;
    telling.alarms.delete(number);
    telling.isOpen = telling.alarms.size > 0;
    const left = [...telling.alarms.keys()].toSorted((a, b) => b - a)[0];
    telling.messages.push(left === undefined ? '-' : `${left}:${telling.alarms.get(left)}`);
    return;
  }
  if (telling?.alarms.get(number) === count) return;
  const beside = threads.findLast((thread) => thread.isOpen && (thread.alarms.has(number - 1) || thread.alarms.has(number + 1)));
  const thread = telling ?? beside ?? { alarms: new Map<number, number>(), messages: [], isOpen: true };
  if (telling === undefined && beside === undefined) threads.push(thread);
  thread.alarms.set(number, count);
  thread.messages.push(`${number}:${count}`);
}
