import { CorridorError } from '@corridor/kernel';
import type { OnGap, StoredRecord } from '../event-log.ts';
import { beyondEnd, expired } from '../refusals.ts';
import { Ailing } from './ailing.ts';
import { faultName, isPassingFault, refusalOf } from './faults.ts';
import type { Finding, Leaderless } from './leaderless.ts';
import type { Patience, Spell } from './patience.ts';
import { decodeRecord } from './record.ts';
import type { Fetched, Leaders, Wire } from './wire.ts';

/** For how long a broker waits for a record before it answers that there is none; also how long closing a reader may take. */
const WAIT_MS = 400;
/** Of one partition an answer takes at most this many bytes, or one batch of records. */
const PARTITION_BYTES = 1 << 20;
/** How often it is asked who leads, while a partition has no leader, ms. */
const LOOK_EVERY = 500;

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
  readonly leaderless: Leaderless;
}

/** What came back from a broker. */
interface Landed {
  readonly partitions: readonly number[];
  readonly answers: readonly Fetched[];
  /** Nothing came back. */
  readonly error?: unknown;
}

/**
 * The records of some partitions, each in order, then new ones as they are stored, until the signal aborts. What it yields
 * at once is of one partition. One fetch is under way to each broker; its answer is yielded before the next one starts.
 * What fails, a partition, a broker, or asking who leads, holds up nothing else.
 */
export async function* follow(following: Following): AsyncGenerator<readonly StoredRecord[], void, undefined> {
  const { signal, wire, topic, next } = following;
  const stir = new Stir(signal);
  const lead = new Lead(following, () => stir.stir());
  const ailing = new Ailing(following.patience, signal, () => lead.ask());
  const flying = new Set<number>();
  const landed: Landed[] = [];
  const fly = async (node: number, partitions: readonly number[]): Promise<void> => {
    flying.add(node);
    try {
      const from = partitions.map((partition) => ({ partition, offset: next.get(partition) ?? 0, bytes: PARTITION_BYTES }));
      landed.push({ partitions, answers: await wire.fetch(node, topic, from, WAIT_MS) });
    } catch (error) {
      landed.push({ partitions, answers: [], error });
    }
    flying.delete(node);
    stir.stir();
  };
  try {
    lead.ask();
    while (!signal.aborted) {
      for (const [node, partitions] of byLeader(lead.leaders(), next, ailing)) if (!flying.has(node)) void fly(node, partitions);
      await stir.next();
      for (let flight = landed.shift(); flight !== undefined && !signal.aborted; flight = landed.shift()) {
        yield* answered(following, flight, ailing);
      }
    }
  } finally {
    stir.end();
    lead.end();
    ailing.ended();
  }
}

/** Who leads the partitions that are followed: asked for in the background, as long as one of them has no leader again and again. */
class Lead {
  readonly #following: Following;
  readonly #changed: () => void;
  readonly #spell: Spell;
  readonly #finding: Finding;
  readonly #ending = new AbortController();
  #leaders: Leaders = new Map();
  #asking = false;
  #refusal: CorridorError | undefined;
  #known = false;

  constructor(following: Following, changed: () => void) {
    this.#following = following;
    this.#changed = changed;
    this.#spell = following.patience.spell();
    this.#finding = following.leaderless.reader(following.topic);
  }

  /** As last heard. @throws what does not pass */
  leaders(): Leaders {
    if (this.#refusal !== undefined) throw this.#refusal;
    return this.#leaders;
  }

  ask(): void {
    if (this.#asking) return;
    this.#asking = true;
    void this.#ask().finally(() => {
      this.#asking = false;
      this.#changed();
    });
  }

  end(): void {
    this.#ending.abort();
    this.#spell.ended();
    this.#finding.ended();
  }

  async #ask(): Promise<void> {
    const { wire, topic, next, patience, signal } = this.#following;
    const ending = AbortSignal.any([signal, this.#ending.signal]);
    while (!ending.aborted) {
      try {
        this.#leaders = await wire.leaders(topic, this.#known);
        this.#known = true;
        if (ending.aborted) return;
        this.#spell.worked();
        const without = [...next.keys()].filter((partition) => !this.#leaders.has(partition));
        this.#finding.found(without);
        if (without.length === 0) return;
        this.#changed();
        await patience.clock.wait(LOOK_EVERY, ending).catch(() => undefined);
      } catch (error) {
        if (ending.aborted) return;
        if (!isPassing(error)) {
          this.#refusal = refusalOf(error);
          return;
        }
        await this.#spell.failed(error, ending);
        // What has rested is tried at those who led when that was last known.
        this.#changed();
      }
    }
  }
}

/** Wakes who waits for something to happen. */
class Stir {
  readonly #signal: AbortSignal;
  #stirred = false;
  #wake = (): void => undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.stir);
  }

  readonly stir = (): void => {
    this.#stirred = true;
    this.#wake();
  };

  /** Resolves once it was stirred since it was last waited for, or the signal aborts. */
  async next(): Promise<void> {
    if (!this.#stirred && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#stirred = false;
  }

  end(): void {
    this.#signal.removeEventListener('abort', this.stir);
  }
}

/** The records that a broker answered with. What fails for one partition counts when the others have had their turn. @throws what does not pass */
async function* answered(following: Following, { partitions, answers, error }: Landed, ailing: Ailing): AsyncGenerator<readonly StoredRecord[], void, undefined> {
  const failed = new Map<number, unknown>(error === undefined ? [] : partitions.map((partition) => [partition, error]));
  for (const answer of answers) {
    if (following.signal.aborted) return;
    try {
      if (answer.error !== undefined) await behindGap(following, answer.partition, answer.error);
    } catch (cause) {
      failed.set(answer.partition, cause);
      continue;
    }
    ailing.worked(answer.partition);
    if (answer.error === undefined) yield* unread(following, answer);
  }
  for (const [partition, cause] of failed) {
    if (following.signal.aborted) return;
    if (!isPassing(cause)) throw refusalOf(cause);
    ailing.failed(partition, cause);
  }
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

/** Goes on behind a gap where that is what an error is about. @throws the error where it is not; CorridorError RECORDS_EXPIRED, LOG_INCOMPLETE */
async function behindGap({ wire, topic, next, onGap, patience }: Following, partition: number, error: Error): Promise<void> {
  if (faultName(error) !== 'OFFSET_OUT_OF_RANGE') throw error;
  const from = next.get(partition) ?? 0;
  const begin = await beginAfter(wire, topic, partition, from, patience);
  if (onGap === undefined) throw expired(topic, partition, from, begin);
  await onGap({ partition, from, to: begin });
  next.set(partition, begin);
}

/** Where a partition begins, when a broker said that it does not have `from`. @throws CorridorError LOG_INCOMPLETE when it ends before; UNAVAILABLE when another one has it */
export async function beginAfter(wire: FeedWire, topic: string, partition: number, from: number, patience: Patience): Promise<number> {
  const { begin, end } = await patience.call(() => bounds(wire, topic, partition));
  if (from > end) throw beyondEnd(topic, partition, from, end);
  // Whoever leads now has it.
  if (from >= begin) throw new CorridorError('UNAVAILABLE', `partition ${partition} of ${topic} changes its leader`);
  return begin;
}

async function bounds(wire: FeedWire, topic: string, partition: number): Promise<{ readonly begin: number; readonly end: number }> {
  const node = (await wire.leaders(topic, true)).get(partition);
  if (node === undefined) throw leaderless(topic, partition);
  const [begin, end] = [await wire.offsets(node, topic, [partition], 'begin'), await wire.offsets(node, topic, [partition], 'end')];
  return { begin: begin.get(partition) ?? 0, end: end.get(partition) ?? 0 };
}

export const leaderless = (topic: string, partition: number): CorridorError => new CorridorError('UNAVAILABLE', `partition ${partition} of ${topic} has no leader now`);

export const lacking = (topic: string, partition: number, from: number): CorridorError => new CorridorError('LOG_INCOMPLETE', `partition ${partition} of ${topic} lacks records from ${from} on`);

const isPassing = (error: unknown): boolean => isPassingFault(error) || (error instanceof CorridorError && error.reason === 'UNAVAILABLE');

/** The partitions that each broker leads, without those that rest. */
function byLeader(leaders: Leaders, next: ReadonlyMap<number, number>, ailing: Ailing): ReadonlyMap<number, readonly number[]> {
  const grouped = new Map<number, number[]>();
  for (const partition of next.keys()) {
    const node = leaders.get(partition);
    if (node === undefined || ailing.isResting(partition)) continue;
    const partitions = grouped.get(node);
    if (partitions === undefined) grouped.set(node, [partition]);
    else partitions.push(partition);
  }
  return grouped;
}
