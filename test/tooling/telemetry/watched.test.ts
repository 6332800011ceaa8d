import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CLUSTER_VARIABLES } from '@corridor/runtime/cluster';
import { ATTRIBUTES, METRICS } from '@corridor/telemetry/names';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../command.ts';
import { list, mapping, mappingIn, textOf } from '../yaml.testing.ts';
import { prometheusLabel, prometheusNames } from './prometheus-names.ts';
import { mentionedIn } from './promql.ts';

/** What the collector adds to every series, and Prometheus to histograms and alarms. */
const ADDED = ['job', 'instance', 'le', 'alertname', 'alertstate'];
/** The labels of each metric, by its names in Prometheus. */
const SERIES = new Map(
  Object.entries(METRICS).flatMap(([name, metric]) => prometheusNames({ name, ...metric }).map((series) => [series, metric.labels.map(prometheusLabel)] as const)),
);
/** The values that labels take, of those whose values are a closed list. */
const VALUES = new Map(Object.entries(ATTRIBUTES).flatMap(([name, { values }]) => (typeof values === 'string' ? [] : [[prometheusLabel(name), new Set<string>(values)] as const])));

/** What an expression asks for that nothing tells. */
function unknownIn(expression: string): readonly string[] {
  const { metrics, labels, values } = mentionedIn(expression);
  const known = new Set([...ADDED, ...metrics.flatMap((metric) => SERIES.get(metric) ?? [])]);
  return [
    ...metrics.filter((metric) => !SERIES.has(metric)),
    ...labels.filter((label) => !known.has(label)),
    ...values.filter(([label, value]) => VALUES.get(label)?.has(value) === false).map(([label, value]) => `${label}="${value}"`),
  ];
}

it('finds what is not in the registry', () => {
  expect(unknownIn('rate(corridor_nothing_total[5m])')).toEqual(['corridor_nothing_total']);
  expect(unknownIn('sum by (corridor_agency) (corridor_fold_lag)')).toEqual(['corridor_agency']);
  expect(unknownIn('corridor_rpc_refused_total{corridor_reason="WHIM"}')).toEqual(['corridor_reason="WHIM"']);
  expect(unknownIn('sum by (job, corridor_reason) (rate(corridor_rpc_refused_total{corridor_reason=~"UNAVAILABLE|QUEUE_FULL"}[5m]))')).toEqual([]);
});

const FOLDER = 'infra/grafana/dashboards';
describe.each(readdirSync(join(ROOT, FOLDER)))('the dashboard %s', (file) => {
  const panels = list(mappingIn(join(FOLDER, file))['panels']).map(mapping);
  const targets = panels.flatMap((panel) => list(panel['targets']).map(mapping));

  it('shows only what the registry of telemetry has', () => {
    const expressions = targets.map(({ expr }) => String(expr));
    expect(expressions.length).toBeGreaterThan(0);
    expect(expressions.flatMap(unknownIn)).toEqual([]);
  });

  it('names lines by labels that they have, and each differently', () => {
    for (const { expr, legendFormat } of targets) {
      const labels = [...String(legendFormat).matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? '');
      expect(labels.filter((label) => !mentionedIn(String(expr)).labels.includes(label))).toEqual([]);
    }
    for (const panel of panels) {
      const legends = list(panel['targets']).map((target) => mapping(target)['legendFormat']);
      expect(new Set(legends).size, String(panel['title'])).toBe(legends.length);
    }
  });

  it('asks the sources that are provisioned', () => {
    const sources = list(mappingIn('infra/grafana/provisioning/datasources/corridor.yaml')['datasources']).map((source) => mapping(source)['uid']);
    for (const { datasource } of targets) expect(sources).toContain(mapping(datasource)['uid']);
  });
});

it('every metric that an operator acts on is on a dashboard', () => {
  const shown = new Set(readdirSync(join(ROOT, FOLDER)).flatMap((file) => [...textOf(join(FOLDER, file)).matchAll(/\b[a-z][a-z0-9_]+\b/g)].map(([word]) => word)));
  const missing = Object.entries(METRICS).filter(([name, metric]) => !prometheusNames({ name, ...metric }).some((series) => shown.has(series)));
  expect(missing.map(([name]) => name)).toEqual([]);
});

describe('the alarms', () => {
  const rules = list(mappingIn('infra/prometheus/rules.yml')['groups']).flatMap((group) => list(mapping(group)['rules']).map(mapping));
  const names = rules.map(({ alert }) => String(alert));

  it('look only at what the registry of telemetry has', () => {
    expect(rules.flatMap(({ expr }) => unknownIn(String(expr)))).toEqual([]);
  });

  it('say how urgent they are and what about, by labels that they have', () => {
    for (const { alert, expr, labels, annotations } of rules) {
      expect(['page', 'ticket'], String(alert)).toContain(mapping(labels)['severity']);
      const summary = String(mapping(annotations)['summary']);
      const used = [...summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label ?? '');
      expect(used.filter((label) => !mentionedIn(String(expr)).labels.includes(label)), String(alert)).toEqual([]);
    }
  });

  it('are each tried, and each explained in the guide, in their order', () => {
    const tried = [...textOf('infra/prometheus/rules.test.yml').matchAll(/alertname="(\w+)"/g)].map(([, name]) => name);
    expect(names.filter((name) => !tried.includes(name))).toEqual([]);
    const guide = textOf('docs/operations.md').split('\n## ').find((section) => section.startsWith('Alarms\n')) ?? '';
    const entries = [...guide.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, severity]) => [name, severity]);
    expect(entries).toEqual(rules.map(({ alert, labels }) => [alert, mapping(labels)['severity']]));
  });
});

it('the guide names every variable of the cluster edition with its default', () => {
  const rows = [...textOf('docs/operations.md').matchAll(/^\| `(CORRIDOR_\w+)` \| (?:`(.*?)`)? ?\|/gm)].map(([, name, usual]) => [name, usual]);
  expect(Object.fromEntries(rows)).toEqual(CLUSTER_VARIABLES);
});
