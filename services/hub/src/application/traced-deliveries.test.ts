import { agencyId, ManualClock } from '@corridor/kernel';
import { SpanBudget } from '@corridor/telemetry';
import { recordSpans } from '@corridor/telemetry/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FoldedRecord } from '../domain/folded-record.ts';
import { TracedDeliveries } from './traced-deliveries.ts';

const START = Date.UTC(2026, 10, 21);
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const record = (offset: number, traceparent?: string): FoldedRecord => ({ kind: 'gone', partition: 0, offset, id: 'r', time: START, size: 1, ...(traceparent === undefined ? {} : { traceparent }) });
const sampled = record(1, `00-${TRACE}-b7ad6b7169203331-01`);

let recording: ReturnType<typeof recordSpans>;
beforeEach(() => {
  recording = recordSpans();
});
afterEach(() => recording.stop());

const subscription = (budget: SpanBudget, clock = new ManualClock(START)): TracedDeliveries =>
  new TracedDeliveries({ agency: agencyId('beta'), purpose: 'planning', channel: 'stream' }, budget, clock);

it('a delivery of what is sampled is a span of its own, with the decision in it', () => {
  const clock = new ManualClock(START);
  const traced = subscription(new SpanBudget(), clock);
  traced.began(sampled);
  traced.decides(sampled);
  clock.advance(3);
  traced.decided(sampled);
  clock.advance(4);
  expect(traced.delivers(sampled, 2)).toContain(TRACE);
  traced.passed(sampled);
  traced.sent();
  const [decide, deliver] = [recording.named('decide'), recording.named('deliver')];
  expect(deliver).toMatchObject({ trace: TRACE, parent: 'b7ad6b7169203331', attributes: { 'corridor.agency': 'beta', 'corridor.purpose': 'planning', 'corridor.channel': 'stream', 'corridor.updates': 2 } });
  expect(decide).toMatchObject({ parent: deliver.id, attributes: { 'corridor.decided': 'anew' } });
  expect([decide.span.duration, deliver.span.duration]).toEqual([[0, 3_000_000], [0, 7_000_000]]);
});

it('what is not sampled, and what nobody may have, leaves no span', () => {
  const traced = subscription(new SpanBudget());
  for (const one of [record(1), sampled]) {
    traced.began(one);
    traced.decided(one);
  }
  expect(traced.delivers(record(1), 1)).toBeUndefined();
  for (const one of [record(1), sampled]) traced.passed(one);
  traced.sent();
  expect(recording.spans()).toEqual([]);
});

it('a record has spans of its deliveries to the first eight subscriptions, however many there are; all carry the trace on', () => {
  const budget = new SpanBudget();
  for (let i = 0; i < 100; i += 1) {
    const traced = subscription(budget);
    traced.began(sampled);
    expect(traced.delivers(sampled, 1)).toContain(TRACE);
    traced.passed(sampled);
    traced.sent();
  }
  expect(recording.spans().filter(({ name }) => name === 'deliver')).toHaveLength(8);
  expect(recording.spans()).toHaveLength(16);
});

it('what ends before it is out ends with the reason', () => {
  const traced = subscription(new SpanBudget());
  traced.began(sampled);
  traced.delivers(sampled, 1);
  traced.ended(new Error('secret'));
  expect(recording.named('deliver').attributes).toMatchObject({ 'corridor.reason': 'INTERNAL' });
  traced.sent();
  expect(recording.spans()).toHaveLength(2);
});
