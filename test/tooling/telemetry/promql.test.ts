import { expect, it } from 'vitest';
import { mentionedIn } from './promql.ts';

it.each<[string, readonly string[], readonly string[]]>([
  ['up', ['up'], []],
  ['sum by (job, instance) (rate(a_total{reason="NOT_FOUND", kind!~"x|y"}[5m])) > 0', ['a_total'], ['instance', 'job', 'kind', 'reason']],
  ['histogram_quantile(0.99, sum(rate(d_seconds_bucket[$__rate_interval])) by (le))', ['d_seconds_bucket'], ['le']],
  ['a / on (job) group_left (agency) b and c unless absent(d{x="by (no)"})', ['a', 'b', 'c', 'd'], ['agency', 'job', 'x']],
  ['time() - max(t offset 5m) > bool 3e2', ['t'], []],
  ['max without (instance) (m:rate5m) == Inf', ['m:rate5m'], ['instance']],
  ['topk(5, a) or vector(0)', ['a'], []],
])('%s', (expression, metrics, labels) => {
  expect(mentionedIn(expression)).toMatchObject({ metrics, labels });
});

it('reads the values that labels are compared with', () => {
  expect(mentionedIn('a{x="1", y=~"2|3", z!=""}').values).toEqual([['x', '1'], ['y', '2'], ['y', '3'], ['z', '']]);
});
