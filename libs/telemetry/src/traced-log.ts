import { MAX_HEADER_BYTES, type ConsumeOptions, type Consumer, type EventLog, type NewRecord, type OnBatch } from '@corridor/eventlog';
import { CorridorError } from '@corridor/kernel';
import { topicLabel } from './labels.ts';
import { count, gauge, now, record as measure, secondsSince } from './metrics.ts';
import { begin, isTraced, isTracing, traced, type Running } from './spans.ts';
import { TRACEPARENT } from './traceparent.ts';

/** What the header takes as it is stored. */
const TRACEPARENT_BYTES = 80;

/**
 * The same log, watched. Each append is a span of whoever appends, or of those whose events it carries; its records take
 * the span along as the header `traceparent`, unless they have one already. What a group handles is a span of what it
 * follows from. Envelopes, and with them hashes and leaves, are untouched. A tail makes no spans: who reads it knows what
 * it does with a record.
 */
export const tracedLog = (log: EventLog): EventLog => ({
  topics: log.topics,
  append: (topic, records) => append(log, topic, records),
  consume: (topic, group, onBatch, options) => consume(log, topic, group, onBatch, options),
  tail: (topic, from, options) => log.tail(topic, from, options),
  read: (topic, from, limit) => log.read(topic, from, limit),
  begin: (topic) => log.begin(topic),
  end: (topic) => log.end(topic),
  positions: (topic, group) => log.positions(topic, group),
  close: () => log.close(),
});

async function append(log: EventLog, topic: string, records: readonly NewRecord[]): ReturnType<EventLog['append']> {
  const label = topicLabel(topic);
  const span = beginAppend(label, records);
  const began = now();
  try {
    const positions = await log.append(topic, span?.traceparent === undefined ? records : records.map((one) => carrying(one, span.traceparent)));
    measure('corridor.log.append.duration', secondsSince(began), { 'corridor.topic': label });
    count('corridor.log.appended', records.length, { 'corridor.topic': label });
    span?.end();
    return positions;
  } catch (error) {
    count('corridor.log.append.failures', 1, { 'corridor.topic': label, 'corridor.reason': CorridorError.from(error).reason });
    span?.end(error);
    throw error;
  }
}

/** Nothing when nobody who is traced appends. */
function beginAppend(topic: string, records: readonly NewRecord[]): Running<'log.append'> | undefined {
  if (!isTracing()) return undefined;
  const attributes = { 'corridor.topic': topic, 'corridor.records': records.length };
  if (isTraced()) return begin('log.append', attributes);
  const causes = causesOf(records);
  return causes.length === 0 ? undefined : begin('log.append', attributes, { fromAll: causes });
}

function consume(log: EventLog, topic: string, group: string, onBatch: OnBatch, options: ConsumeOptions | undefined): Consumer {
  const labels = { 'corridor.topic': topicLabel(topic), 'corridor.group': group };
  const handle: OnBatch = async (records) => {
    const causes = isTracing() ? causesOf(records) : [];
    if (causes.length === 0) await onBatch(records);
    else await traced('log.process', { ...labels, 'corridor.records': records.length }, () => onBatch(records), { fromAll: causes });
    count('corridor.log.handled', records.length, labels);
  };
  const consumer = log.consume(topic, group, handle, options);
  const stop = gauge('corridor.log.lag', async () => {
    const [ends, positions] = await Promise.all([log.end(topic), log.positions(topic, group)]);
    return [{ value: ends.reduce((sum, end, p) => sum + Math.max(0, end - (positions[p] ?? 0)), 0), labels }];
  });
  consumer.done.then(stop, stop);
  return consumer;
}

const causesOf = (records: readonly NewRecord[]): readonly string[] => records.flatMap(({ headers }) => headers[TRACEPARENT] ?? []);

/** What whoever reads a record follows from, as a traceparent; undefined when that was not sampled. */
export const causeOf = ({ headers }: Pick<NewRecord, 'headers'>): string | undefined => headers[TRACEPARENT];

/** A record that carries on what it follows from. What it carries already stays, and one that has no room goes without. */
export function carrying<R extends Pick<NewRecord, 'key' | 'headers'>>(record: R, traceparent: string | undefined): R {
  if (traceparent === undefined || record.headers[TRACEPARENT] !== undefined) return record;
  const taken = Buffer.byteLength(record.key) + Buffer.byteLength(JSON.stringify(record.headers));
  return taken + TRACEPARENT_BYTES > MAX_HEADER_BYTES ? record : { ...record, headers: { ...record.headers, [TRACEPARENT]: traceparent } };
}
