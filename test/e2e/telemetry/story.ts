import type { Corridor } from '@corridor/client';
import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { newUuid } from '@corridor/kernel';
import { trace } from '@opentelemetry/api';
import { childOf, descendantOf, rootOf, someChildOf, type TracedSpan } from './traced-span.ts';
import { arrivals, CANARIES, CANARY_COUNT, enter, FOCAL_POINT } from './warned-company.ts';

/** What the applications that use the SDK call what they do. */
const PUBLISHES = 'report of the month';
const ACKNOWLEDGES = 'answer of the desk';

/**
 * An application of `alpha` publishes counts, and `beta` receives them; they set off an alert, of which `beta` is told and
 * which it acknowledges. Publishing and acknowledging are done under spans of the applications.
 */
export async function play(address: string): Promise<void> {
  const [alpha, beta] = [enter(address, 'alpha'), enter(address, 'beta')];
  const ended = new AbortController();
  try {
    const received = firstUpdate(beta, ended.signal);
    const raised = Promise.withResolvers<string>();
    const acknowledged = alertsOf(beta, ended.signal, raised.resolve);
    await under(PUBLISHES, () => alpha.hub.publish(arrivals(newUuid(), CANARY_COUNT)));
    const name = await Promise.race([raised.promise, acknowledged]);
    await under(ACKNOWLEDGES, () => beta.alerts.acknowledgeAlert({ name, focalPoint: FOCAL_POINT, note: CANARIES.note }));
    await Promise.all([received, acknowledged]);
  } finally {
    ended.abort();
    alpha.close();
    beta.close();
  }
}

async function firstUpdate(beta: Corridor, signal: AbortSignal): Promise<void> {
  for await (const { batch } of beta.subscribe({ purpose: Purpose.PURPOSE_PLANNING, from: 'beginning', signal })) if (batch.updates.length > 0) return;
  throw new Error('the subscription ended without an update');
}

/** Reads what happens to alerts until one is acknowledged. @returns its name */
async function alertsOf(beta: Corridor, signal: AbortSignal, raised: (name: string) => void): Promise<string> {
  for await (const { alert, cause } of beta.subscribeAlerts({ from: 'beginning', signal })) {
    if (alert === undefined) continue;
    raised(alert.name);
    if (cause === 'duty.acknowledged') return alert.name;
  }
  throw new Error('the subscription ended before the alert was acknowledged');
}

const under = <T>(name: string, work: () => Promise<T>): Promise<T> =>
  trace.getTracer('application').startActiveSpan(name, async (span) => {
    try {
      return await work();
    } finally {
      span.end();
    }
  });

/**
 * Checks that the spans tell the story: one trace from publishing to what `beta` received and to the alert that it was told
 * of, and one of the acknowledgement that links to it. @throws Error naming what is missing
 */
export function check(spans: readonly TracedSpan[]): void {
  const called = childOf(rootOf([PUBLISHES], spans), ['corridor.hub.v1.HubService/Publish'], spans);
  const publish = childOf(called, ['publish', { 'corridor.agency': 'alpha', 'corridor.updates': 1 }], spans);
  const append = childOf(publish, ['append corridor.updates.v1'], spans);
  someChildOf(append, ['fold'], spans);
  const toBeta = childOf(append, ['deliver', { 'corridor.agency': 'beta', 'corridor.channel': 'stream', 'corridor.updates': 1 }], spans);
  childOf(toBeta, ['decide', { 'corridor.agency': 'beta', 'corridor.purpose': 'planning' }], spans);
  const toWarning = childOf(append, ['deliver', { 'corridor.agency': 'early-warning', 'corridor.channel': 'topic' }], spans);
  childOf(toWarning, ['append corridor.out'], spans);
  const evaluate = descendantOf(toWarning, ['evaluate', { 'corridor.updates': 1 }], spans);
  const raise = childOf(evaluate, ['write alerts.alerts'], spans);
  childOf(raise, ['append corridor.alerts.v1'], spans);
  descendantOf(raise, ['deliver alert', { 'corridor.agency': 'beta', 'corridor.alert.cause': 'alert.raised' }], spans);

  const answered = childOf(rootOf([ACKNOWLEDGES], spans), ['corridor.alerts.v1.AlertsService/AcknowledgeAlert'], spans);
  const acknowledge = childOf(answered, ['acknowledge alert', { 'corridor.agency': 'beta' }], spans);
  if (acknowledge.trace === evaluate.trace) throw new Error('the acknowledgement is in the trace of the update');
  if (!acknowledge.links.some(({ trace: of, id }) => of === evaluate.trace && id === evaluate.id)) throw new Error(`the acknowledgement does not link to the evaluation: ${JSON.stringify(acknowledge.links)}`);
  descendantOf(childOf(acknowledge, ['write alerts.alerts'], spans), ['deliver alert', { 'corridor.alert.cause': 'duty.acknowledged' }], spans);
}
