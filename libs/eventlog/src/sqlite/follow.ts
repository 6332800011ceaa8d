import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import type { OnGap, StoredRecord } from '../event-log.ts';
import { beyondEnd, expired } from '../refusals.ts';
import type { StoredRecords } from './stored-records.ts';
import type { OpenTopic } from './topic.ts';

/** What a reader follows and how. */
export interface Following {
  readonly topic: OpenTopic;
  readonly stored: StoredRecords;
  /** Per partition the next offset. */
  readonly from: readonly number[];
  readonly maxBatch: number;
  readonly signal: AbortSignal;
  readonly onGap: OnGap | undefined;
}

/**
 * All records of a topic from some offsets on, then new ones as they are committed, until the signal aborts. Far from
 * the end it reads the database partition by partition; at the end it takes what was just committed from memory.
 */
export async function* follow(following: Following): AsyncGenerator<readonly StoredRecord[], void, undefined> {
  const { topic, signal } = following;
  const next = topic.partitions.map((_, partition) => following.from[partition] ?? 0);
  refuseBeyondEnd(topic, next);
  const leave = topic.join();
  try {
    while (!signal.aborted) {
      yield* catchUp(following, next);
      yield* keepUp(following, next);
    }
  } finally {
    leave();
  }
}

/** Reads the database until the memory of the topic holds all that is missing. */
async function* catchUp(following: Following, next: number[]): AsyncGenerator<readonly StoredRecord[], void, undefined> {
  const { topic, stored, signal, maxBatch } = following;
  while (!signal.aborted && topic.enter(next) === undefined) {
    for (const [partition, { end }] of topic.partitions.entries()) {
      await skipGap(following, next, partition);
      const offset = next[partition] ?? 0;
      if (offset >= end) continue;
      const records = stored.read(topic, partition, offset, maxBatch);
      next[partition] = offset + records.length;
      yield records;
      await turnOfTheEventLoop();
      if (signal.aborted) return;
    }
  }
}

/** Takes records from the memory of the topic until the reader is too slow for it. */
async function* keepUp(following: Following, next: number[]): AsyncGenerator<readonly StoredRecord[], void, undefined> {
  const { topic, signal, maxBatch } = following;
  let place = topic.enter(next);
  while (place !== undefined && !signal.aborted) {
    const recent = topic.recent(place, maxBatch);
    if (recent === undefined) return;
    if (recent.length === 0) {
      await topic.more(signal);
      continue;
    }
    place += recent.length;
    const unread = recent.filter(({ partition, offset }) => offset >= (next[partition] ?? 0));
    for (const { partition, offset } of unread) next[partition] = offset + 1;
    if (unread.length > 0) yield unread;
  }
}

async function skipGap({ topic, onGap }: Following, next: number[], partition: number): Promise<void> {
  const from = next[partition] ?? 0;
  const begin = topic.partitions[partition]?.begin ?? 0;
  if (from >= begin) return;
  if (onGap === undefined) throw expired(topic.spec.name, partition, from, begin);
  await onGap({ partition, from, to: begin });
  next[partition] = Math.max(next[partition] ?? 0, begin);
}

function refuseBeyondEnd(topic: OpenTopic, next: readonly number[]): void {
  for (const [partition, { end }] of topic.partitions.entries()) {
    const from = next[partition] ?? 0;
    if (from > end) throw beyondEnd(topic.spec.name, partition, from, end);
  }
}
