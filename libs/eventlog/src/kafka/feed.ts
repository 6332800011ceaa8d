import { CorridorError } from '@corridor/kernel';
import type { OnGap, StoredRecord } from '../event-log.ts';
import { faultName, isPassingFault, refusalOf } from './faults.ts';
import type { Patience } from './patience.ts';
import { decodeRecord } from './record.ts';
import type { Fetched, Leaders, Wire } from './wire.ts';

/** For how long a broker waits for a record before it answers that there is none; also how long closing a reader may take. */
const WAIT_MS = 400;
/** Of one partition an answer takes at most this many bytes, or one batch of records. */
const PARTITION_BYTES = 1 << 20;

/** What reading asks of the cluster. */
export type FeedWire = Pick<Wire, 'leaders' | 'fetch' | 'offsets'>;

/** What a reader follows and how. */
export interface Following {
  /** A wire of its own: the broker answers nothing else on it while it waits for records. */
  readonly wire: FeedWire;
  readonly topic: string;
  /** The next offset of each partition that is followed. */
  readonly next: Map<number, number>;
  readonly maxBatch: number;
  readonly signal: AbortSignal;
  readonly onGap: OnGap | undefined;
  readonly patience: Patience;
}

/** What came back from a broker. */
interface Landed {
  readonly node: number;
  readonly answers: readonly Fetched[];
  readonly error?: Error;
}

/**
 * The records of some partitions, each in order, then new ones as they are stored, until the signal aborts. What it yields
 * at once is of one partition. One fetch is under way to each broker; its answer is yielded before the next one starts.
 */
export async function* follow(following: Following): AsyncGenerator<readonly StoredRecord[], void, undefined> {
  const { signal, wire, topic, next, patience } = following;
  const spell = patience.spell();
  const flying = new Map<number, Promise<void>>();
  const landed: Landed[] = [];
  let wake = (): void => undefined;
  const land = (flight: Landed): void => {
    flying.delete(flight.node);
    landed.push(flight);
    wake();
  };
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  let stale = false;
  try {
    while (!signal.aborted) {
      try {
        const leaders = await wire.leaders(topic, stale);
        stale = leaders.size < next.size;
        for (const [node, partitions] of byLeader(leaders, next)) {
          if (flying.has(node)) continue;
          const from = partitions.map((partition) => ({ partition, offset: next.get(partition) ?? 0, bytes: PARTITION_BYTES }));
          const flight = wire.fetch(node, topic, from, WAIT_MS);
          flying.set(node, flight.then((answers) => land({ node, answers }), (cause: unknown) => land({ node, answers: [], error: cause instanceof Error ? cause : new Error('the fetch failed', { cause }) })));
        }
        if (flying.size === 0 && landed.length === 0) throw new CorridorError('UNAVAILABLE', 'no partition has a leader');
        if (landed.length === 0 && !signal.aborted) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (landed.length > 0 || signal.aborted) resolve();
          });
        }
        for (let flight = landed.shift(); flight !== undefined && !signal.aborted; flight = landed.shift()) {
          yield* answered(following, flight);
        }
        spell.worked();
      } catch (error) {
        if (signal.aborted) return;
        if (!isPassing(error)) throw refusalOf(error);
        stale = true;
        await spell.failed(error, signal);
      }
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    spell.ended();
  }
}

/** The records that a broker answered with. What fails for one partition is told when the others have had their turn. @throws it */
async function* answered(following: Following, { answers, error }: Landed): AsyncGenerator<readonly StoredRecord[], void, undefined> {
  let failed = error;
  for (const answer of answers) {
    if (following.signal.aborted) return;
    if (answer.error === undefined) yield* unread(following, answer);
    else if (faultName(answer.error) === 'OFFSET_OUT_OF_RANGE') await outOfRange(following, answer.partition);
    else failed ??= answer.error;
  }
  if (failed !== undefined) throw failed;
}

/** What of an answer was not yielded before, at most `maxBatch` records at a time. */
function* unread({ next, topic, maxBatch, signal }: Following, { partition, records }: Fetched): Generator<readonly StoredRecord[], void, undefined> {
  const from = next.get(partition) ?? 0;
  // A broker answers with whole batches, whose first records may lie before what was asked for.
  let at = records.findIndex(({ offset }) => offset >= from);
  while (at >= 0 && at < records.length && !signal.aborted) {
    const slice = records.slice(at, at + maxBatch).map((record) => decodeRecord(record, topic, partition));
    const expected = next.get(partition) ?? 0;
    if (slice[0]?.offset !== expected || slice.at(-1)?.offset !== expected + slice.length - 1) throw lacking(topic, partition, expected);
    // Behind the others, so that it is asked for after them: an answer has no room for all that are far behind.
    next.delete(partition);
    next.set(partition, expected + slice.length);
    at += maxBatch;
    yield slice;
  }
}

/** Goes on behind a gap, or tells what is wrong with the offset. @throws CorridorError RECORDS_EXPIRED, LOG_INCOMPLETE */
async function outOfRange({ wire, topic, next, onGap, patience }: Following, partition: number): Promise<void> {
  const from = next.get(partition) ?? 0;
  const { begin, end } = await patience.call(() => bounds(wire, topic, partition));
  if (from > end) throw beyondEnd(topic, partition, from, end);
  if (from >= begin) return;
  if (onGap === undefined) throw expired(topic, partition, from, begin);
  await onGap({ partition, from, to: begin });
  next.set(partition, begin);
}

/** Where a partition begins and ends. */
export async function bounds(wire: FeedWire, topic: string, partition: number): Promise<{ readonly begin: number; readonly end: number }> {
  const node = (await wire.leaders(topic, true)).get(partition);
  if (node === undefined) throw new CorridorError('UNAVAILABLE', `partition ${partition} of ${topic} has no leader now`);
  const [begin, end] = [await wire.offsets(node, topic, [partition], 'begin'), await wire.offsets(node, topic, [partition], 'end')];
  return { begin: begin.get(partition) ?? 0, end: end.get(partition) ?? 0 };
}

export const lacking = (topic: string, partition: number, from: number): CorridorError => new CorridorError('LOG_INCOMPLETE', `partition ${partition} of ${topic} lacks records from ${from} on`);

export const beyondEnd = (topic: string, partition: number, from: number, end: number): CorridorError =>
  new CorridorError('LOG_INCOMPLETE', `partition ${partition} of ${topic} ends at ${end}, before ${from}`);

export const expired = (topic: string, partition: number, from: number, begin: number): CorridorError =>
  new CorridorError('RECORDS_EXPIRED', `records ${from} to ${begin} of partition ${partition} of ${topic} are past their retention`, { begin: String(begin) });

const isPassing = (error: unknown): boolean => isPassingFault(error) || (error instanceof CorridorError && error.reason === 'UNAVAILABLE');

function byLeader(leaders: Leaders, next: ReadonlyMap<number, number>): ReadonlyMap<number, readonly number[]> {
  const grouped = new Map<number, number[]>();
  for (const partition of next.keys()) {
    const node = leaders.get(partition);
    if (node === undefined) continue;
    const partitions = grouped.get(node);
    if (partitions === undefined) grouped.set(node, [partition]);
    else partitions.push(partition);
  }
  return grouped;
}
