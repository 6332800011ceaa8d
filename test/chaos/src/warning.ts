import { itemFailure } from '@corridor/client';
import { type Alert, DutyState } from '@corridor/contracts/alerts/v1/alerts';
import type { PublishRequest } from '@corridor/contracts/hub/v1/hub';
import { systemClock } from '@corridor/kernel';
import { actorName } from '@corridor/standalone/scenario/cast';
import { activateRule, answer, listenToAlerts } from '@corridor/standalone/scenario/early-warning';
import { monthsOf, YEARS } from '@corridor/standalone/scenario/months';
import { ARRIVALS, yearOf } from '@corridor/standalone/scenario/movements';
import { persistently } from '@corridor/test-e2e/persistently';
import { PUBLISHER, type Parties } from './cast.ts';

/** How long all of it may take, ms. */
const PATIENCE_MS = 120_000;

/**
 * Lets the early-warning service warn of a surge, and inflicts something on it twice: when it is about to raise the alert,
 * and when one of those whom it called has acknowledged it. @throws Error when an alert or an answer to it was lost, or
 * when an alert was raised twice
 */
export async function warnWhile(parties: Parties, inflict: () => Promise<void>): Promise<void> {
  const { company } = parties;
  const late = AbortSignal.timeout(PATIENCE_MS);
  const [first, second, third] = YEARS;
  await publish(parties, [...yearOf(ARRIVALS, first), ...yearOf(ARRIVALS, second)]);
  await activateRule(company, monthsOf(first).length + monthsOf(second).length, systemClock, late);
  const listeners = listenToAlerts(company);
  try {
    await Promise.all([publish(parties, yearOf(ARRIVALS, third)), inflict()]);
    // Until the way to the service is found again.
    await allAlerts(parties);
    const { alert, acknowledged, delivered } = await answer(company, listeners, systemClock, late);
    await inflict();
    const raised = await allAlerts(parties);
    const duties = raised.find(({ name }) => name === alert.name)?.duties ?? [];
    const duty = duties.find(({ focalPoint }) => focalPoint === acknowledged.focalPoint);
    if (duty?.state !== DutyState.DUTY_STATE_ACKNOWLEDGED) throw new Error(`the acknowledgement of ${alert.name} was lost`);
    const causes = raised.map(({ topic, provenance }) => `${provenance?.rule} ${topic} ${provenance?.period?.start?.toISOString()}`);
    const twice = causes.filter((cause, i) => causes.indexOf(cause) !== i);
    if (twice.length > 0) throw new Error(`raised twice: ${twice.join(', ')}`);
    const short = [...delivered].filter(([, alerts]) => alerts === 0);
    if (short.length > 0) throw new Error(`no alert was delivered to ${short.map(([agency]) => agency).join(', ')}`);
    for (const listener of listeners) {
      for (; listener.alerts < raised.length; late.throwIfAborted()) await systemClock.wait(100);
      if (listener.alerts > raised.length) throw new Error(`${listener.agency} received ${listener.alerts} alerts of ${raised.length}`);
    }
  } finally {
    await Promise.all(listeners.map((listener) => listener.stop()));
  }
}

async function publish({ company }: Parties, requests: readonly PublishRequest[]): Promise<void> {
  const publisher = company.as(PUBLISHER).publisher();
  try {
    const acks = await Promise.all(requests.map((request) => publisher.publish(request)));
    for (const { error } of acks.flatMap(({ exceptions }) => exceptions)) if (error !== undefined) throw itemFailure(error);
  } finally {
    await publisher.close();
  }
}

/** Every alert that was raised, as who warns sees it. */
async function allAlerts({ company }: Parties): Promise<readonly Alert[]> {
  const { alerts } = company.as(actorName('early-warning', 'analyst-1'));
  const { alerts: raised } = await persistently(() => alerts.listAlerts({ filter: undefined, states: [], unacknowledged: false, pageSize: 1000, pageToken: '' }));
  return raised;
}
