import { itemFailure, type NodeAddress } from '@corridor/client';
import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { AccessKind, type PublishRequest } from '@corridor/contracts/hub/v1/hub';
import type { Clock } from '@corridor/kernel';
import { agree } from './agree.ts';
import { Listener, type Seat, type Tally } from './audience.ts';
import { actorName, CAST } from './cast.ts';
import { followUp, type FollowedUp } from './coastal-forum.ts';
import { Company } from './company.ts';
import { corrections } from './corrections.ts';
import { activateRule, answer, listenToAlerts, prepareWarning, type Warned } from './early-warning.ts';
import { enter } from './enter.ts';
import { CRISES, crises, LAST_CRISIS, LAST_RESCUE, RESCUES, rescues } from './incidents.ts';
import { monthsOf, YEARS } from './months.ts';
import { ARRIVALS, lastReport, REGISTRATIONS, yearOf } from './movements.ts';
import type { Secrets } from './secrets.ts';
import { REVOKED_CONSENT, TERMS } from './terms.ts';

/** A subscriber and what it has received. */
export interface Heard {
  readonly seat: Seat;
  readonly tally: Tally;
}

/** What came of the play. */
export interface Outcome {
  readonly published: number;
  readonly heard: readonly Heard[];
  /** Who was refused, with the reason codes, as the owner's access log says. */
  readonly refused: { readonly seat: Seat; readonly reasons: readonly string[] };
  /** Whose consent was revoked, and what it received before and after; `before` is undefined when an interrupted play did it. */
  readonly revoked: { readonly seat: Seat; readonly before: number | undefined; readonly after: number };
  readonly warned: Warned;
  readonly followedUp: FollowedUp;
}

export interface PlayOptions {
  readonly node: NodeAddress;
  readonly bootstrapSecret: string;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** For how long the play waits for what it expects, in milliseconds. */
const PATIENCE_MS = 30_000;

const desk = (agency: string): string => actorName(agency, 'desk-1');

/** Who listens, and the last report that each is to receive of every series it may see. */
const AUDIENCE: readonly { readonly seat: Seat; readonly last: readonly string[] }[] = [
  { seat: { actor: desk('migration-agency'), purpose: Purpose.PURPOSE_PLANNING, series: [ARRIVALS.name] }, last: [lastReport(ARRIVALS)] },
  { seat: { actor: desk('harbour-relief'), purpose: Purpose.PURPOSE_ASSISTANCE, series: [ARRIVALS.name] }, last: [lastReport(ARRIVALS)] },
  { seat: { actor: desk('coastal-authority'), purpose: Purpose.PURPOSE_PLANNING, series: [] }, last: [lastReport(ARRIVALS)] },
  { seat: { actor: desk('homeland-authority'), purpose: Purpose.PURPOSE_EARLY_WARNING, series: [] }, last: [lastReport(ARRIVALS)] },
  { seat: { actor: desk('refugee-agency'), purpose: Purpose.PURPOSE_PLANNING, series: [REGISTRATIONS.name] }, last: [lastReport(REGISTRATIONS)] },
  { seat: { actor: desk('refugee-agency'), purpose: Purpose.PURPOSE_RESCUE, series: [RESCUES] }, last: [LAST_RESCUE] },
  { seat: { actor: desk('coastal-authority'), purpose: Purpose.PURPOSE_RESCUE, series: [RESCUES] }, last: [LAST_RESCUE] },
  { seat: { actor: desk('harbour-relief'), purpose: Purpose.PURPOSE_PROTECTION, series: [CRISES] }, last: [LAST_CRISIS] },
];
const FORUM: Seat = { actor: desk('straits-forum'), purpose: Purpose.PURPOSE_STATISTICS, series: [] };
/** Nobody agreed to law enforcement, and a clause prohibits it. */
const REFUSED: Seat = { actor: desk('coastal-authority'), purpose: Purpose.PURPOSE_LAW_ENFORCEMENT, series: [ARRIVALS.name] };

/**
 * Plays the scenario against a node, through the SDK and the node's own ports. Every step is one that the node
 * recognises when it was done before, so that a play that was interrupted can be played again.
 * @throws CorridorError of the step that failed; DEADLINE_EXCEEDED when something expected did not arrive
 */
export async function play({ node, bootstrapSecret, secrets, clock, signal }: PlayOptions): Promise<Outcome> {
  const company = new Company(node, secrets.actors);
  const onAbort = (): void => company.close();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await enter(CAST, company, bootstrapSecret, secrets.signingKeys);
    await agree(CAST, TERMS, company, secrets.signingKeys);
    await prepareWarning(company);
    return await perform(company, clock, signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
    company.close();
  }
}

async function perform(company: Company, clock: Clock, signal: AbortSignal): Promise<Outcome> {
  const listen = (seat: Seat): Listener => {
    const listener = new Listener(company.as(seat.actor), seat);
    listener.start();
    return listener;
  };
  const audience = AUDIENCE.map(({ seat, last }) => ({ listener: listen(seat), last }));
  const forum = listen(FORUM);
  const refused = listen(REFUSED);
  const called = listenToAlerts(company);
  const late = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);

  const [first, second, third] = YEARS;
  const early = await publish(company, 'refugee-agency', [...yearOf(ARRIVALS, first), ...yearOf(ARRIVALS, second), corrections()]);
  const before = await revoke(company, forum, late);
  await activateRule(company, monthsOf(first).length + monthsOf(second).length, clock, late);

  const [followedUp, ...counts] = await Promise.all([
    followUp(company),
    publish(company, 'refugee-agency', yearOf(ARRIVALS, third)),
    publish(company, 'migration-agency', [...YEARS.flatMap((year) => yearOf(REGISTRATIONS, year)), ...crises()]),
    publish(company, 'harbour-relief', rescues()),
  ]);
  for (const { listener, last } of audience) for (const name of last) await listener.received(name, late);
  const reasons = await refusal(company, REFUSED, clock, late);
  const warned = await answer(company, called, clock, late);

  const heard = audience.map(({ listener }) => ({ seat: listener.seat, tally: listener.tally }));
  const after = forum.tally.updates - (before ?? 0);
  for (const listener of [...audience.map(({ listener: each }) => each), forum, refused, ...called]) await listener.stop();
  return {
    published: early + counts.reduce((sum, count) => sum + count, 0),
    heard,
    refused: { seat: REFUSED, reasons },
    revoked: { seat: FORUM, before, after },
    warned,
    followedUp,
  };
}

/** Publishes messages of one agency in order; how many updates were new. @throws CorridorError of the first that lost. */
async function publish(company: Company, agency: string, requests: readonly PublishRequest[]): Promise<number> {
  const publisher = company.as(desk(agency)).publisher();
  try {
    const acks = await Promise.all(requests.map((request) => publisher.publish(request)));
    const exceptions = acks.flatMap((ack) => ack.exceptions);
    for (const { error } of exceptions) if (error !== undefined) throw itemFailure(error);
    return requests.reduce((sum, { updates }) => sum + updates.length, 0) - exceptions.length;
  } finally {
    await publisher.close();
  }
}

/** Revokes the forum's consent once it has received the first two years; how many updates that were; undefined when it is revoked already. */
async function revoke(company: Company, forum: Listener, late: AbortSignal): Promise<number | undefined> {
  const { hub } = company.as(actorName('refugee-agency', 'admin-1'));
  const name = `agencies/refugee-agency/consents/${REVOKED_CONSENT}`;
  const { consent } = await hub.getConsent({ name });
  if (consent?.revokeTime !== undefined) return undefined;
  await forum.received(`${ARRIVALS.name}/updates/${corrections().updates[0]?.updateId ?? ''}`, late, 2);
  await hub.revokeConsent({ name, expectedVersion: 0n });
  return forum.tally.updates;
}

/** The reason codes for which a subscriber was refused, as soon as the owner's access log tells them. */
async function refusal(company: Company, { actor, purpose }: Seat, clock: Clock, late: AbortSignal): Promise<readonly string[]> {
  const { hub } = company.as(actorName('refugee-agency', 'admin-1'));
  for (;;) {
    const { entries } = await hub.listAccess({ parent: 'agencies/refugee-agency', pageSize: 1000, pageToken: '' });
    const found = entries.find((entry) => entry.kind === AccessKind.ACCESS_KIND_REFUSAL && entry.purpose === purpose && actor.startsWith(`${entry.recipient}/`));
    if (found !== undefined) return found.reasons;
    await clock.wait(50, late);
  }
}
