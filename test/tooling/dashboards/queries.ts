import { type CounterName, type GaugeName, type HistogramName, METRICS, type MetricName, type UpDownCounterName } from '@corridor/telemetry/names';
import { prometheusLabel, prometheusNames } from '../telemetry/prometheus-names.ts';
import type { Query } from './dashboard.ts';

/** Labels that the collector adds: which service, and which replica of it. */
export type CollectorLabel = 'job' | 'instance';
type LabelOf<M extends MetricName> = (typeof METRICS)[M]['labels'][number] | CollectorLabel;

const INTERVAL = '[$__rate_interval]';

/** How often per second, one line for each value of the labels. */
export function perSecond<M extends CounterName>(metric: M, ...labels: readonly LabelOf<M>[]): Query {
  return { expression: `sum ${by(labels)}(rate(${nameOf(metric)}${INTERVAL}))`, legend: legendOf(labels, metric) };
}

/** The same of what a histogram counts. */
export function timesPerSecond<M extends HistogramName>(metric: M, ...labels: readonly LabelOf<M>[]): Query {
  return { expression: `sum ${by(labels)}(rate(${nameOf(metric, 2)}${INTERVAL}))`, legend: legendOf(labels, metric) };
}

/** The value that so many hundredths do not exceed. */
export function percentile<M extends HistogramName>(hundredths: 50 | 95 | 99, metric: M, ...labels: readonly LabelOf<M>[]): Query {
  const expression = `histogram_quantile(${hundredths / 100}, sum ${by(['le', ...labels])}(rate(${nameOf(metric)}${INTERVAL})))`;
  return { expression, legend: `p${hundredths}${labels.length === 0 ? '' : ` ${legendOf(labels, metric)}`}` };
}

/** What the worst replica says. */
export function greatest<M extends GaugeName>(metric: M, ...labels: readonly LabelOf<M>[]): Query {
  return { expression: `max ${by(labels)}(${nameOf(metric)})`, legend: legendOf(labels, metric) };
}

/** What all replicas say together. */
export function together<M extends GaugeName | UpDownCounterName>(metric: M, ...labels: readonly LabelOf<M>[]): Query {
  return { expression: `sum ${by(labels)}(${nameOf(metric)})`, legend: legendOf(labels, metric) };
}

/** How many replicas tell of themselves. */
export const replicas = (): Query => ({ expression: `count ${by(['job'])}(${nameOf('process.uptime')})`, legend: legendOf(['job'], 'process.uptime') });

const nameOf = (metric: MetricName, part = 0): string => {
  const name = prometheusNames({ name: metric, ...METRICS[metric] })[part];
  if (name === undefined) throw new Error(`${metric} has no part ${part}`);
  return name;
};
const by = (labels: readonly string[]): string => (labels.length === 0 ? '' : `by (${labels.map(prometheusLabel).join(', ')}) `);
const legendOf = (labels: readonly string[], metric: MetricName): string =>
  labels.length === 0 ? metric.replace(/^corridor\./, '') : labels.map((label) => `{{${prometheusLabel(label)}}}`).join(' ');
