import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storedJson, type DocumentStore } from '@corridor/documents';
import { MAX_HEADER_BYTES, type EventLog, type NewRecord, type StoredRecord } from '@corridor/eventlog';
import { openSqliteStore, type SqliteStore } from '@corridor/outbox/sqlite';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withFreshGauges } from './fresh-gauges.ts';
import { kafkaHappenings } from './happenings.ts';
import { gauge, measureWith } from './metrics.ts';
import { recordSpans } from './recording.testing.ts';
import { currentTraceparent, traced } from './spans.ts';
import { tracedLog } from './traced-log.ts';
import { tracedStore } from './traced-store.ts';
import { TRACEPARENT } from './traceparent.ts';

const TOPIC = 'corridor.test.v1';
const record = (key: string, headers: Readonly<Record<string, string>> = {}): NewRecord => ({ key, envelope: Buffer.from(`about ${key}`), headers: { ce_id: key, ...headers } });
const folder = mkdtempSync(join(tmpdir(), 'corridor-traced-'));
let store: SqliteStore;
let log: EventLog;
let documents: DocumentStore;
let recording: ReturnType<typeof recordSpans>;
let exporter: InMemoryMetricExporter;
let meters: MeterProvider;

/** The value of a metric with these labels; of a histogram how many values it has. */
async function measured(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
  exporter.reset();
  await meters.forceFlush();
  const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  for (const { descriptor, dataPoints } of metrics) {
    if (descriptor.name !== name) continue;
    for (const { attributes, value } of dataPoints) {
      if (Object.entries(labels).every(([label, wanted]) => attributes[label] === wanted)) return typeof value === 'object' ? value.count : value;
    }
  }
  return undefined;
}

beforeEach(async () => {
  const topics = [{ name: TOPIC, partitions: 1, retention: 'forever' as const }];
  store = await openSqliteStore({ file: join(folder, `${Math.random()}.db`), topics });
  log = tracedLog(store.log);
  documents = tracedStore(store.documents);
  exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: withFreshGauges(exporter), exportIntervalMillis: 3_600_000 })] });
  recording = recordSpans();
  measureWith(meters.getMeter('test'));
});
afterEach(async () => {
  measureWith(undefined);
  await recording.stop();
  await meters.shutdown();
  await documents.close();
  await store.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (offset = 0): Promise<readonly StoredRecord[]> => log.read(TOPIC, { partition: 0, offset }, 100);

describe('the traced log', () => {
  it('stores what nobody traces as it is', async () => {
    await log.append(TOPIC, [record('a')]);
    expect(await read()).toMatchObject([{ key: 'a', headers: { ce_id: 'a' } }]);
    expect((await read())[0]?.headers).toEqual({ ce_id: 'a' });
    expect(recording.spans()).toEqual([]);
  });

  it('gives records the span of their append along, and leaves envelopes alone', async () => {
    await traced('publish', {}, () => log.append(TOPIC, [record('a')]));
    const append = recording.named(`append ${TOPIC}`);
    expect(append.parent).toBe(recording.named('publish').id);
    expect(append.attributes).toEqual({ 'corridor.topic': TOPIC, 'corridor.records': 1 });
    expect((await read()).map(({ headers, envelope }) => [headers[TRACEPARENT], String(envelope)])).toEqual([[`00-${append.trace}-${append.id}-01`, 'about a']]);
  });

  it('appends what carries a trace on in that trace, and lets it be', async () => {
    const carried = await traced('publish', {}, async () => currentTraceparent() ?? '');
    await log.append(TOPIC, [record('a', { [TRACEPARENT]: carried }), record('b')]);
    const append = recording.named(`append ${TOPIC}`);
    expect(append.parent).toBe(recording.named('publish').id);
    expect((await read()).map(({ headers }) => headers[TRACEPARENT])).toEqual([carried, `00-${append.trace}-${append.id}-01`]);
  });

  it('stores a record that has no room for more', async () => {
    const full = record('a', { much: 'x'.repeat(MAX_HEADER_BYTES - 60) });
    await traced('publish', {}, () => log.append(TOPIC, [full]));
    expect((await read())[0]?.headers).toEqual(full.headers);
  });

  it('lets a group handle records in the trace that they belong to, and counts', async () => {
    await traced('publish', {}, () => log.append(TOPIC, [record('a'), record('b')]));
    const inside: (string | undefined)[] = [];
    const consumer = log.consume(TOPIC, 'g', async () => void inside.push(currentTraceparent()));
    await vi.waitFor(() => expect(recording.named(`process ${TOPIC}`)).toMatchObject({ parent: recording.named(`append ${TOPIC}`).id, attributes: { 'corridor.group': 'g', 'corridor.records': 2 } }));
    const process = recording.named(`process ${TOPIC}`);
    expect(inside).toEqual([`00-${process.trace}-${process.id}-01`]);
    const labels = { 'corridor.topic': TOPIC, 'corridor.group': 'g' };
    await vi.waitFor(async () => expect(await measured('corridor.log.lag', labels)).toBe(0));
    expect(await measured('corridor.log.handled', labels)).toBe(2);
    expect(await measured('corridor.log.appended', { 'corridor.topic': TOPIC })).toBe(2);
    await consumer.stop();
    await vi.waitFor(async () => expect(await measured('corridor.log.lag', labels)).toBeUndefined());
  });

  it('says why an append failed', async () => {
    await expect(traced('publish', {}, () => log.append('corridor.out.somebody', [record('a')]))).rejects.toThrow();
    expect(recording.named('append corridor.out').attributes).toMatchObject({ 'corridor.reason': 'NOT_FOUND' });
    expect(await measured('corridor.log.append.failures', { 'corridor.topic': 'corridor.out', 'corridor.reason': 'NOT_FOUND' })).toBe(1);
  });
});

describe('the traced store', () => {
  const spec = { name: 'things', ...storedJson<string>(), indexes: {} };
  const event = (time: string) => ({ topic: TOPIC, ...record('a', { ce_time: time }) });

  it('gives the events of a write its span along, and lets those of others be', async () => {
    const things = await documents.collection(spec);
    await traced('publish', {}, () => things.create('a', 'text', [event('2026-01-01T00:00:00.000Z')]));
    await things.create('b', 'text', [event('2026-01-01T00:00:00.000Z')]);
    const write = recording.named('write things');
    expect(write.parent).toBe(recording.named('publish').id);
    const pending = await things.pending(10);
    expect(pending.map(({ events }) => events[0]?.headers[TRACEPARENT])).toEqual([`00-${write.trace}-${write.id}-01`, undefined]);
    expect(await measured('corridor.store.duration', { 'corridor.collection': 'things', 'corridor.operation': 'write' })).toBe(2);
  });

  it('measures how old the oldest event is that waits, as long as it does', async () => {
    const things = await documents.collection(spec);
    const age = () => measured('corridor.outbox.age', { 'corridor.collection': 'things' });
    await things.pending(10);
    expect(await age()).toBe(0);
    await things.create('a', 'text', [event(new Date(Date.now() - 60_000).toISOString()), event(new Date().toISOString())]);
    const [waiting] = await things.pending(10);
    expect(await age()).toBeGreaterThanOrEqual(60);
    await things.published('a', waiting?.first ?? 0, 2);
    await things.pending(10);
    expect(await age()).toBe(0);
  });

  it('says why a write failed', async () => {
    const things = await documents.collection(spec);
    await expect(traced('publish', {}, () => things.commit('nobody', 7, 'text'))).rejects.toThrow();
    const [, reason] = Object.values(recording.named('write things').attributes);
    expect(await measured('corridor.store.failures', { 'corridor.collection': 'things', 'corridor.reason': String(reason) })).toBe(1);
  });
});

it('a gauge whose reader does not answer holds up nothing', async () => {
  const stops = [gauge('corridor.fold.lag', () => new Promise(() => {})), gauge('corridor.archive.lag', () => [{ value: 7, labels: {} }]), gauge('corridor.audit.behind', () => Promise.reject(new Error('x')))];
  expect(await measured('corridor.archive.lag')).toBe(7);
  expect([await measured('corridor.fold.lag'), await measured('corridor.audit.behind')]).toEqual([undefined, undefined]);
  for (const stop of stops) stop();
});

it('what the log on Kafka tells is counted', async () => {
  const { observe, stop } = kafkaHappenings();
  const of = { topic: 'corridor.out.alpha', group: 'g' };
  observe({ kind: 'rebalanced', ...of, partitions: [0] });
  observe({ kind: 'positions-not-kept', ...of, fault: 'x' });
  observe({ kind: 'client', message: 'x' });
  observe({ kind: 'unreachable', fault: 'x' });
  expect(await measured('corridor.log.unreachable')).toBe(1);
  observe({ kind: 'reachable' });
  expect(await measured('corridor.log.unreachable')).toBe(0);
  const labels = { 'corridor.topic': 'corridor.out', 'corridor.group': 'g' };
  expect(await measured('corridor.log.rebalances', labels)).toBe(1);
  expect(await measured('corridor.log.positions_not_kept', labels)).toBe(1);
  observe({ kind: 'leaderless', topic: 'corridor.out.alpha', partitions: [1, 2] });
  observe({ kind: 'leaderless', topic: 'corridor.out.beta', partitions: [3] });
  expect(await measured('corridor.log.leaderless', { 'corridor.topic': 'corridor.out' })).toBe(3);
  for (const topic of ['corridor.out.alpha', 'corridor.out.beta']) observe({ kind: 'leaderless', topic, partitions: [] });
  expect(await measured('corridor.log.leaderless', { 'corridor.topic': 'corridor.out' })).toBe(0);
  stop();
  expect(await measured('corridor.log.unreachable')).toBeUndefined();
});
