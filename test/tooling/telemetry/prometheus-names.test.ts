import { describe, expect, it } from 'vitest';
import { type Metric, prometheusLabel, prometheusNames } from './prometheus-names.ts';

describe('the name of a metric in Prometheus', () => {
  // As the tests of the collector's translation have them, with names of ours.
  it.each<[Metric, readonly string[]]>([
    [{ name: 'corridor.updates.published', instrument: 'counter', unit: '{update}' }, ['corridor_updates_published_total']],
    [{ name: 'corridor.updates.total', instrument: 'counter', unit: '1' }, ['corridor_updates_total']],
    [{ name: 'corridor.bytes', instrument: 'counter', unit: 'By' }, ['corridor_bytes_total']],
    [{ name: 'corridor.sent', instrument: 'counter', unit: 'By' }, ['corridor_sent_bytes_total']],
    [{ name: 'corridor.publish.duration', instrument: 'histogram', unit: 's' }, ['corridor_publish_duration_seconds_bucket', 'corridor_publish_duration_seconds_sum', 'corridor_publish_duration_seconds_count']],
    [{ name: 'corridor.outbox.age', instrument: 'gauge', unit: 'ms' }, ['corridor_outbox_age_milliseconds']],
    [{ name: 'corridor.used', instrument: 'gauge', unit: '1' }, ['corridor_used_ratio']],
    [{ name: 'corridor.streams-open', instrument: 'up-down counter', unit: '1' }, ['corridor_streams_open']],
  ])('of %j is %j', (metric, names) => {
    expect(prometheusNames(metric)).toEqual(names);
  });

  it('is not guessed for a unit that nobody wrote down', () => {
    expect(() => prometheusNames({ name: 'corridor.x', instrument: 'gauge', unit: 'furlong' })).toThrow(/furlong/);
  });
});

it('makes a label of an attribute', () => {
  expect(['corridor.reason', 'rpc.method', '2nd'].map(prometheusLabel)).toEqual(['corridor_reason', 'rpc_method', 'key_2nd']);
});
