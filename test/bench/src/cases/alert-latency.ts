import { CapStatus } from '@corridor/contracts/alerts/v1/cap';
import { Direction, ObservationFilter, Rule } from '@corridor/contracts/alerts/v1/rules';
import { Granularity, Purpose } from '@corridor/contracts/common/v1/vocabulary';
import type { PublishRequest } from '@corridor/contracts/hub/v1/hub';
import { Measure, Severity } from '@corridor/contracts/hub/v1/updates';
import { openGazetteer } from '@corridor/places';
import { handlingFor, publication } from '@corridor/test-e2e/counts';
import { OWNER, WARNING } from '../community.ts';
import { quantile, type Line } from '../statistics.ts';
import { update } from '../updates.ts';
import type { Bench } from './case.ts';

const SERIES = `agencies/${OWNER}/series/watched`;
const RULE = 'bench-threshold';
const HANDLING = handlingFor(Purpose.PURPOSE_EARLY_WARNING);
const PER_SECOND = 20;
const OBSERVATIONS = 400;
const DEADLINE_MS = 120_000;

/** From publishing an observation to the alert it raises at a subscriber, beside the update itself at the same agency. */
export async function alertLatency({ community, scale }: Bench): Promise<readonly Line[]> {
  const { owner, reader, administrator, analyst, approver } = community;
  await administrator.hub.openPartnerTopic({ parent: `agencies/${WARNING}`, purpose: Purpose.PURPOSE_EARLY_WARNING, filter: undefined });
  await analyst.alerts.createRule({ ruleId: RULE, rule: THRESHOLD });
  await analyst.alerts.backtestRule({ name: `rules/${RULE}`, expectedVersion: 0n, start: undefined, end: undefined, events: [], toleranceSeconds: 0 });
  await approver.alerts.activateRule({ name: `rules/${RULE}`, expectedVersion: 0n, evaluateHistory: false });

  const stop = new AbortController();
  const sentAt = new Map<string, number>();
  const times = { update: [] as number[], alert: [] as number[] };
  const arrived = (kind: keyof typeof times, id: string): void => {
    const sent = sentAt.get(id);
    if (sent !== undefined) times[kind].push(performance.now() - sent);
  };
  const readers = [
    (async () => {
      const filter = { owners: [], series: [SERIES], categories: [], areas: [] };
      for await (const { batch } of reader.subscribe({ purpose: Purpose.PURPOSE_EARLY_WARNING, filter, from: 'beginning', signal: stop.signal })) {
        for (const { name } of batch.updates) arrived('update', name.slice(-36));
      }
    })(),
    (async () => {
      for await (const { alert } of reader.subscribeAlerts({ filter: { topics: ['*/*/*'], statuses: [] }, from: 'beginning', signal: stop.signal })) {
        for (const input of alert?.provenance?.inputs ?? []) arrived('alert', input.split('/').at(-1)?.split('@')[0] ?? '');
      }
    })(),
  ];

  // The topic begins with all that is kept: what earlier cases published is passed before counting begins.
  const first = observation(0);
  sentAt.set(first.updates[0]?.updateId ?? '', performance.now());
  await owner.hub.publish(first);
  await until(() => times.alert.length > 0 && times.update.length > 0);
  sentAt.clear();
  times.alert.length = 0;
  times.update.length = 0;

  const observations = Math.max(40, Math.ceil(OBSERVATIONS * scale));
  // The first tenth makes every path warm and is not counted.
  const counted = observations - Math.ceil(observations / 10);
  const start = performance.now();
  for (let i = 1; i <= observations; i += 1) {
    const wait = start + (i * 1000) / PER_SECOND - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const request = observation(i);
    if (i > observations - counted) sentAt.set(request.updates[0]?.updateId ?? '', performance.now());
    await owner.hub.publish(request);
  }
  await until(() => times.alert.length >= counted && times.update.length >= counted);
  stop.abort();
  await Promise.all(readers);
  const of = (samples: readonly number[]): string => `p50 ${quantile(samples, 0.5).toFixed(1)} p99 ${quantile(samples, 0.99).toFixed(1)} ms`;
  return [{ what: `observation to alert delivered, ${PER_SECOND}/s`, value: of(times.alert), raw: `update: ${of(times.update)}`, aim: 'p50 <= 20 ms' }];
}

/** Resolves when `holds`. */
async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('not every update and alert arrived in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const COUNTRIES = openGazetteer().countries().map(({ id }) => id);

/** A table of a place and month of its own, so that each raises an alert of its own. */
function observation(index: number): PublishRequest {
  const month = 2 * Math.floor(index / COUNTRIES.length);
  const period = { start: new Date(Date.UTC(2026, month)), end: new Date(Date.UTC(2026, month + 1)), granularity: Granularity.GRANULARITY_MONTH };
  const place = { country: COUNTRIES[index % COUNTRIES.length] ?? '', adminCode: '', route: '', point: undefined };
  return publication(SERIES, HANDLING, [{ ...update(), place, period }]);
}

const THRESHOLD: Rule = {
  ...Rule.fromPartial({}),
  title: 'Every observation',
  observations: { ...ObservationFilter.fromPartial({}), series: [SERIES], measure: Measure.MEASURE_ARRIVALS, granularity: Granularity.GRANULARITY_MONTH },
  detector: { $case: 'threshold', value: { value: 100n, direction: Direction.DIRECTION_ABOVE, consecutivePeriods: 1 } },
  severities: [{ atLeast: 0, severity: Severity.SEVERITY_MODERATE }],
  hazard: 'displacement',
  event: 'Arrivals',
  expiresAfterSeconds: 86_400,
  handling: HANDLING,
  status: CapStatus.CAP_STATUS_ACTUAL,
};
