import { ATTRIBUTES, METRICS, SPANS } from '@corridor/telemetry/names';
import { describe, expect, it } from 'vitest';
import { telemetryPage } from './telemetry-page.ts';

const page = telemetryPage({ spans: SPANS, metrics: METRICS, attributes: ATTRIBUTES });

describe('docs/telemetry.md', () => {
  it('has one row for each span, metric and attribute, in the order of the source', () => {
    const named = page.split('\n').flatMap((line) => /^\| `([^`]+)`/.exec(line)?.[1] ?? []);
    expect(named).toEqual([...Object.values(SPANS).map(({ name }) => name), ...Object.keys(METRICS), ...Object.keys(ATTRIBUTES)]);
  });

  it('says what Prometheus calls a metric', () => {
    expect(page).toContain('`corridor_publish_duration_seconds_bucket`');
    expect(page).toContain('`corridor_publish_updates_total`');
  });
});
