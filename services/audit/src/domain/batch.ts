import { HASH_SIZE } from '@corridor/merkle';

/** Where a record stands in the log. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Neighbouring records of one partition whose leaves are neighbours too. */
export interface Run {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the first record. */
  readonly from: number;
  /** How many; never 0. */
  readonly count: number;
}

/** Per topic and partition the offset behind the last record that has a leaf. A topic without records is absent. */
export type Ends = ReadonlyMap<string, readonly number[]>;

/** Leaves that became part of the tree in one step, and which records they are the leaves of. */
export interface Batch {
  /** Index of the first leaf: the batch's place in the one order of all leaves. */
  readonly first: number;
  /** In the order of the leaves; never empty. */
  readonly runs: readonly Run[];
  /** The leaf hashes, one after the other. */
  readonly leaves: Uint8Array;
  /** Where every partition stands behind this batch, so that sequencing goes on from the last batch alone. */
  readonly ends: Ends;
}

/** What has been sequenced so far: the next batch begins here. */
export interface Sequenced {
  /** Number of leaves. */
  readonly size: number;
  readonly ends: Ends;
}

/** Before the first batch. */
export const NOTHING: Sequenced = { size: 0, ends: new Map() };

/** What has been sequenced when `batch` is the last. */
export const through = ({ first, leaves, ends }: Batch): Sequenced => ({ size: first + leaves.length / HASH_SIZE, ends });

/** The offset behind the last record of a partition that has a leaf. */
export const endOf = (ends: Ends, topic: string, partition: number): number => ends.get(topic)?.[partition] ?? 0;

/** Where the partitions stand when `runs` have followed `ends`. */
export function endsAfter(ends: Ends, runs: readonly Run[]): Ends {
  const after = new Map<string, number[]>(Array.from(ends, ([topic, offsets]) => [topic, [...offsets]]));
  for (const { topic, partition, from, count } of runs) {
    const offsets = after.get(topic) ?? [];
    while (offsets.length < partition) offsets.push(0);
    offsets[partition] = from + count;
    after.set(topic, offsets);
  }
  return after;
}

/**
 * Why `batch` cannot stand behind what was sequenced before it; undefined when it can. A run may leave records out, since
 * those that expired before they were sequenced are lost, but never take one twice.
 */
export function batchFault(before: Sequenced, batch: Batch): string | undefined {
  if (batch.first !== before.size) return `it begins at leaf ${batch.first}, not ${before.size}`;
  const ends = new Map<string, number>();
  let count = 0;
  for (const run of batch.runs) {
    const key = `${run.topic}/${run.partition}`;
    const end = ends.get(key) ?? endOf(before.ends, run.topic, run.partition);
    if (run.count < 1 || run.from < end) return `it takes ${run.topic} ${run.partition}:${run.from} again`;
    ends.set(key, run.from + run.count);
    count += run.count;
  }
  if (count === 0 || count * HASH_SIZE !== batch.leaves.length) return 'its leaves are not those of its records';
  return sameEnds(endsAfter(before.ends, batch.runs), batch.ends) ? undefined : 'its positions do not follow from its records';
}

const sameEnds = (a: Ends, b: Ends): boolean =>
  a.size === b.size && Array.from(a).every(([topic, offsets]) => offsets.join() === b.get(topic)?.join());

/** The index of the leaf of a record; undefined when the batch does not hold it. */
export function leafAt({ first, runs }: Batch, { topic, partition, offset }: Place): number | undefined {
  let leaf = first;
  for (const run of runs) {
    const within = offset - run.from;
    if (run.topic === topic && run.partition === partition && within >= 0 && within < run.count) return leaf + within;
    leaf += run.count;
  }
  return undefined;
}
