import { CorridorError } from '@corridor/kernel';
import type { Offsets, Position, StoredRecord, TopicSpec } from '../event-log.ts';
import { expired } from '../refusals.ts';
import { faultName } from './faults.ts';
import { beginAfter, lacking, leaderless } from './feed.ts';
import type { Patience } from './patience.ts';
import { decodeRecord } from './record.ts';
import type { Fetched, Wire } from './wire.ts';

/** How many bytes are asked for at once: what the records that are wanted take as a rule, within these bounds. */
const BYTES_PER_RECORD = 1024;
const MOST_BYTES = 2 << 20;

/** Up to `limit` records of a partition, as many as there are now. @throws CorridorError RECORDS_EXPIRED, LOG_INCOMPLETE, UNAVAILABLE */
export async function readRecords(
  wire: Wire,
  topic: string,
  { partition, offset }: Position,
  limit: number,
  patience: Patience,
  withdrawn: AbortSignal,
): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  while (records.length < limit) {
    withdrawn.throwIfAborted();
    const from = offset + records.length;
    const bytes = Math.min(MOST_BYTES, (limit - records.length) * BYTES_PER_RECORD);
    const fetched = await fetchOnce(wire, topic, partition, from, bytes, patience);
    const wanted = fetched.records.filter((record) => record.offset >= from).slice(0, limit - records.length);
    for (const record of wanted) {
      if (record.offset !== offset + records.length) throw lacking(topic, partition, offset + records.length);
      records.push(decodeRecord(record, topic, partition));
    }
    if (wanted.length === 0 && from >= fetched.end) break;
  }
  return records;
}

async function fetchOnce(wire: Wire, topic: string, partition: number, offset: number, bytes: number, patience: Patience): Promise<Fetched> {
  const fetched = await onLeader(wire, topic, partition, patience, async (node) => {
    const [answer] = await wire.fetch(node, topic, [{ partition, offset, bytes }], 0);
    if (answer?.error !== undefined && faultName(answer.error) !== 'OFFSET_OUT_OF_RANGE') throw answer.error;
    return answer;
  });
  if (fetched === undefined) throw new CorridorError('INTERNAL', 'a broker left a partition out of its answer');
  if (fetched.error === undefined) return fetched;
  throw expired(topic, partition, offset, await beginAfter(wire, topic, partition, offset, patience));
}

export const begin = (wire: Wire, spec: TopicSpec, patience: Patience): Promise<Offsets> => allOffsets(wire, spec, patience, 'begin');
export const end = (wire: Wire, spec: TopicSpec, patience: Patience): Promise<Offsets> => allOffsets(wire, spec, patience, 'end');

async function allOffsets(wire: Wire, { name, partitions }: TopicSpec, patience: Patience, which: 'begin' | 'end'): Promise<Offsets> {
  let stale = false;
  return patience.call(async () => {
    const leaders = await wire.leaders(name, stale);
    // Whatever goes wrong: ask anew who leads.
    stale = true;
    const nodes = Map.groupBy(leaders, ([, node]) => node);
    const offsets = new Map<number, number>();
    await Promise.all(
      [...nodes].map(async ([node, led]) => {
        for (const [partition, offset] of await wire.offsets(node, name, led.map(([each]) => each), which)) offsets.set(partition, offset);
      }),
    );
    return Array.from({ length: partitions }, (_, partition) => {
      const offset = offsets.get(partition);
      if (offset === undefined) throw leaderless(name, partition);
      return offset;
    });
  });
}

async function onLeader<T>(wire: Wire, topic: string, partition: number, patience: Patience, ask: (node: number) => Promise<T>): Promise<T> {
  let stale = false;
  return patience.call(async () => {
    const node = (await wire.leaders(topic, stale)).get(partition);
    stale = true;
    if (node === undefined) throw leaderless(topic, partition);
    return ask(node);
  });
}
