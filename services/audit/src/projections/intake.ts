import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import type { EventLog, StoredRecord, TopicSpec } from '@corridor/eventlog';
import { type Clock, CorridorError } from '@corridor/kernel';
import { leafHash } from '@corridor/merkle';
import type { Report } from '@corridor/runtime';
import { isAudited } from '../application/subject.ts';
import type { PendingLeaves } from './pending-leaves.ts';

/** Records, and bytes of their envelopes, that are hashed between two turns of the event loop: about a millisecond. */
const SLICE_RECORDS = 256;
const SLICE_BYTES = 1 << 20;
/** How long to wait, in milliseconds, before a topic that failed is read again. */
const RETRY_MS = 500;

export interface IntakePorts {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly report: Report;
}

/** The topics of the log whose records become leaves. */
export const auditedTopics = (log: EventLog): readonly TopicSpec[] => log.topics.filter(({ name }) => isAudited(name));

/**
 * Reads every audited topic from where `pending` stands and hashes its records into leaves, until `signal` aborts.
 * @throws CorridorError with code DATA_LOSS when the log is damaged or lacks records; what may pass is tried again
 */
export async function takeIn(ports: IntakePorts, pending: PendingLeaves, signal: AbortSignal): Promise<void> {
  await Promise.all(auditedTopics(ports.log).map((topic) => followTopic(ports, topic, pending, signal)));
}

async function followTopic(ports: IntakePorts, topic: TopicSpec, pending: PendingLeaves, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await readTopic(ports, topic, pending, signal);
    } catch (error) {
      const known = CorridorError.from(error);
      if (known.code === 'DATA_LOSS') throw known;
      ports.report('warn', 'audit.topic-unread', { topic: topic.name, reason: known.reason });
      await ports.clock.wait(RETRY_MS, signal).catch(() => undefined);
    }
  }
}

async function readTopic({ log, report }: IntakePorts, topic: TopicSpec, pending: PendingLeaves, signal: AbortSignal): Promise<void> {
  const from = Array.from({ length: topic.partitions }, (_, partition) => pending.next(topic.name, partition));
  const onGap = (gap: { readonly partition: number; readonly from: number; readonly to: number }): void =>
    report('error', 'audit.records-expired-without-leaf', { topic: topic.name, ...gap });
  for await (const records of log.tail(topic.name, from, { signal, onGap })) {
    for (const slice of slices(records)) {
      const leaves = slice.map(({ partition, offset, envelope }) => ({ topic: topic.name, partition, offset, hash: leafHash(envelope) }));
      await pending.put(leaves, signal);
      await turnOfTheEventLoop();
    }
  }
}

function* slices(records: readonly StoredRecord[]): Generator<readonly StoredRecord[], void, undefined> {
  let slice: StoredRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    slice.push(record);
    bytes += record.envelope.length;
    if (slice.length < SLICE_RECORDS && bytes < SLICE_BYTES) continue;
    yield slice;
    slice = [];
    bytes = 0;
  }
  if (slice.length > 0) yield slice;
}
