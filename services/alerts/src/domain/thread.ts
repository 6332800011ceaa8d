import { canonicalJson, checkText, checkVersion, CorridorError, derivedUuid, forbid, utf8, type Uuid } from '@corridor/kernel';
import { derivedHandling, keyedClass, retentionEnd, type ActorRef, type Category, type Handling, type Period, type UpdateClass } from '@corridor/policy';
import type { AcknowledgementTerms } from './acknowledgement.ts';
import { alarmIdentity, inputNames, newestInput, saying, sourcesOf, type Alarm } from './alarm.ts';
import type { Alert, AlertChange, Provenance, StandingAlarm } from './alert.ts';
import { wholeSeconds, type CapInfo, type CapMessage, type CapMessageType } from './cap.ts';
import { fulfilled, newDuty, stepOf, type FocalPointRef } from './duty.ts';
import type { Track } from './observation.ts';
import { isSameActor, type AlertStatus, type Rule } from './rule.ts';
import { explanationOf, infoOf, withdrawalOf, type PlaceWords } from './wording.ts';

/** The most messages of a thread; the last place is kept for a CANCEL. */
const MAX_MESSAGES = 100;
/** The most that a thread holds before its next message, in bytes: a message in ten languages takes up to 250 kB. */
const MAX_BYTES = 300_000;

/** What a rule raises on a track. */
export interface Raised {
  readonly rule: Rule;
  readonly track: Track;
  readonly alarm: Alarm;
  readonly place: PlaceWords;
}

/** The id of the alert that an alarm begins: the same for the same inputs under the same edition of the rule. */
const alertIdOf = ({ rule, track, alarm }: Raised): Uuid => derivedUuid(alarm.period.start, canonicalJson(alarmIdentity(rule, track, alarm)));

/** The alert that an alarm begins, without duties. What it says depends on its inputs and the rule alone. */
export function raise(raised: Raised, now: number): AlertChange {
  const { rule, track, alarm } = raised;
  const id = alertIdOf(raised);
  const sources = sourcesOf(alarm);
  const handling = derivedHandling(rule.handling, sources.map((source) => source.handling));
  const sent = wholeSeconds(newestInput(alarm));
  const standing = standingAlarm(raised, 0);
  return {
    cause: 'alert.raised',
    alert: {
      id,
      version: 1,
      changes: 1,
      state: 'open',
      status: rule.status,
      note: rule.status === 'exercise' ? rule.title : '',
      hazard: rule.hazard,
      area: track.place,
      category: categoryOf(sources),
      handling,
      sources,
      messages: [message(id, [], 'alert', sent, rule.status === 'exercise' ? rule.title : '', [infoOf(rule, track, alarm, raised.place, sent)])],
      provenance: standing.provenance,
      episode: { rule: rule.id, edition: rule.edition, track, alarms: [standing] },
      ...(rule.acknowledgement === undefined ? {} : { acknowledgement: rule.acknowledgement }),
      duties: [],
      createdAt: now,
      raisedAt: now,
      expiresAt: sent + 1000 * rule.expiresAfterSeconds,
      keptUntil: Math.min(retentionEnd(now, handling.retentionDays), ...alarm.inputs.map(({ expiresAt }) => expiresAt)),
    },
  };
}

const categoryOf = ([source]: readonly UpdateClass[]): Category => source?.category ?? 'movement';

/** The alert with a further alarm, or with one that says something else than before. */
export function follow(alert: Alert, raised: Raised): AlertChange {
  const { rule, track, alarm } = raised;
  const { episode } = alert;
  if (episode === undefined) throw new CorridorError('INTERNAL', 'an alert drafted by hand follows no rule');
  const standing = standingAlarm(raised, alert.messages.length);
  const alarms = [...episode.alarms.filter(({ number }) => number !== alarm.number), standing].toSorted((a, b) => a.number - b.number);
  const sources = union(alert.sources, sourcesOf(alarm));
  const sent = nextSent(alert, newestInput(alarm));
  const info = infoOf(rule, track, alarm, raised.place, sent);
  return {
    cause: 'alert.updated',
    alert: {
      ...appended(alert, 'update', sent, alert.note, [info]),
      handling: derivedHandling(rule.handling, sources.map((source) => source.handling)),
      sources,
      provenance: alarms.at(-1)?.provenance ?? standing.provenance,
      episode: { ...episode, alarms },
      expiresAt: info.expires,
      keptUntil: Math.min(alert.keptUntil, ...alarm.inputs.map(({ expiresAt }) => expiresAt)),
    },
  };
}

/**
 * The alert without an alarm that its inputs do not give any more: cancelled when that was the only one, else an update
 * that says again what the last one left says.
 * @param publishedAt when what took it away was published
 */
export function takeBack(alert: Alert, number: number, rule: Pick<Rule, 'id'>, period: Period, place: PlaceWords, publishedAt: number): AlertChange {
  const { episode } = alert;
  if (episode === undefined) throw new CorridorError('INTERNAL', 'an alert drafted by hand follows no rule');
  const alarms = episode.alarms.filter((alarm) => alarm.number !== number);
  const sent = nextSent(alert, publishedAt);
  const note = withdrawalOf(rule, period, place);
  // In a full thread the last place is that of a CANCEL.
  const last = hasRoom(alert) ? alarms.at(-1) : undefined;
  const infos = last === undefined ? [] : (alert.messages[last.message]?.infos ?? []);
  const changed = appended(alert, last === undefined ? 'cancel' : 'update', sent, note, infos);
  const left = { ...episode, alarms: alarms.map((alarm) => (alarm === last ? { ...alarm, message: alert.messages.length } : alarm)) };
  if (last === undefined) return { cause: 'alert.cancelled', alert: { ...changed, state: 'cancelled', episode: left } };
  return { cause: 'alert.updated', alert: { ...changed, episode: left, provenance: last.provenance } };
}

/** Whether a further message that is not its last has room: an event of the log, which holds the whole alert, takes 900 kB. */
export const hasRoom = ({ messages, sources }: Pick<Alert, 'messages' | 'sources'>): boolean =>
  messages.length < MAX_MESSAGES - 1 && utf8(JSON.stringify([messages, sources])).length <= MAX_BYTES;

function standingAlarm({ rule, track, alarm, place }: Raised, index: number): StandingAlarm {
  const provenance: Provenance = {
    rule: rule.id,
    edition: rule.edition,
    inputs: inputNames(alarm),
    explanation: explanationOf(rule, track, alarm, place),
    strength: alarm.strength,
    period: alarm.period,
  };
  return { number: alarm.number, saying: saying(alarm), message: index, provenance };
}

function union(a: readonly UpdateClass[], b: readonly UpdateClass[]): readonly UpdateClass[] {
  const known = new Set(a.map((of) => keyedClass(of).key));
  return [...a, ...b.filter((of) => !known.has(keyedClass(of).key))];
}

/** A message later than those before it, in whole seconds. */
const nextSent = ({ messages }: Alert, at: number): number => Math.max(wholeSeconds(at), messages.at(-1)?.sent ?? 0);

const message = (alert: Uuid, before: readonly CapMessage[], type: CapMessageType, sent: number, note: string, infos: readonly CapInfo[]): CapMessage => ({
  identifier: derivedUuid(sent, canonicalJson([alert, before.length])),
  sent,
  type,
  references: before.slice(-1).map(({ identifier, sent: at }) => ({ identifier, sent: at })),
  note,
  infos,
});

/** The alert with one message more, and its versions moved. */
const appended = (alert: Alert, type: CapMessageType, sent: number, note: string, infos: readonly CapInfo[]): Alert => ({
  ...alert,
  version: alert.version + 1,
  changes: alert.changes + 1,
  messages: [...alert.messages, message(alert.id, alert.messages, type, sent, note, infos)],
});

/** What a person drafts. */
export interface Draft {
  readonly id: Uuid;
  readonly hazard: string;
  readonly area: string;
  readonly category: Category;
  readonly handling: Handling;
  readonly status: AlertStatus;
  readonly note: string;
  readonly infos: readonly CapInfo[];
  readonly acknowledgement?: AcknowledgementTerms;
}

/** A drafted alert; nobody receives it yet. Its message is dated when it is issued. */
export function draft({ id, infos, ...wanted }: Draft, author: ActorRef, now: number): AlertChange {
  return {
    cause: 'alert.drafted',
    alert: {
      ...wanted,
      id,
      version: 1,
      changes: 0,
      state: 'draft',
      sources: [],
      messages: [message(id, [], 'alert', wholeSeconds(now), wanted.note, infos)],
      duties: [],
      author,
      createdAt: now,
      expiresAt: infos[0]?.expires ?? now,
      keptUntil: retentionEnd(now, wanted.handling.retentionDays),
    },
  };
}

/** Names what a person does to an alert. */
interface Handled {
  readonly by: ActorRef;
  readonly expectedVersion: number;
}

/** Issues a draft, without duties. @throws CorridorError VERSION_CONFLICT, STATE_FORBIDS, FOUR_EYES */
export function approve(alert: Alert, { by, expectedVersion }: Handled, now: number): AlertChange {
  checkVersion(expectedVersion, alert.version);
  if (alert.state !== 'draft') forbid(`an alert that is ${alert.state} is not issued`);
  if (alert.author !== undefined && isSameActor(alert.author, by)) throw new CorridorError('FOUR_EYES', 'whoever drafted an alert does not issue it');
  if (alert.expiresAt <= now) forbid('what the draft says does not hold any more');
  const [first] = alert.messages;
  return {
    cause: 'alert.approved',
    alert: {
      ...alert,
      version: alert.version + 1,
      changes: 1,
      state: 'open',
      messages: [message(alert.id, [], 'alert', wholeSeconds(now), alert.note, first?.infos ?? [])],
      raisedAt: now,
      keptUntil: retentionEnd(now, alert.handling.retentionDays),
    },
  };
}

/** Updates an open alert by hand. @throws CorridorError VERSION_CONFLICT, STATE_FORBIDS */
export function update(alert: Alert, { expectedVersion, infos }: Handled & { readonly infos: readonly CapInfo[] }, now: number): AlertChange {
  checkVersion(expectedVersion, alert.version);
  if (alert.state !== 'open') forbid(`an alert that is ${alert.state} is not updated`);
  if (!hasRoom(alert)) forbid('the thread is full; cancel it and issue a new alert');
  return {
    cause: 'alert.updated',
    alert: { ...appended(alert, 'update', nextSent(alert, now), alert.note, infos), expiresAt: infos[0]?.expires ?? alert.expiresAt },
  };
}

/** Cancels an open alert, or discards a draft, of which nobody is told. @throws CorridorError VERSION_CONFLICT, STATE_FORBIDS */
export function cancel(alert: Alert, { expectedVersion, reason }: Handled & { readonly reason: string }, now: number): AlertChange {
  checkVersion(expectedVersion, alert.version);
  const note = checkText(reason, 500, 'reason');
  switch (alert.state) {
    case 'draft':
      return { cause: 'alert.cancelled', alert: { ...alert, version: alert.version + 1, state: 'cancelled' } };
    case 'open':
      return { cause: 'alert.cancelled', alert: { ...appended(alert, 'cancel', nextSent(alert, now), note, []), state: 'cancelled' } };
    case 'cancelled':
    case 'expired':
      return forbid(`an alert that is ${alert.state} cannot be cancelled`);
  }
}

/** The change with the duties it imposes; a TEST imposes none, nor what does not hold any more. */
export function withDuties(change: AlertChange, points: readonly FocalPointRef[], now: number): AlertChange {
  const { alert } = change;
  const { acknowledgement } = alert;
  if (acknowledgement === undefined || alert.status === 'test' || alert.expiresAt <= now) return change;
  return { ...change, alert: { ...alert, duties: points.map((point) => newDuty(point, acknowledgement, now)) } };
}

/** What of an alert is due by the clock: expiry first, then one duty at a time; undefined: nothing. */
export function dueChange(alert: Alert, now: number): AlertChange | undefined {
  const version = alert.version + 1;
  if (alert.state === 'open' && alert.expiresAt <= now) {
    return { cause: 'alert.expired', alert: { ...alert, version, changes: alert.changes + 1, state: 'expired' } };
  }
  const { acknowledgement } = alert;
  if (acknowledgement === undefined || (alert.state !== 'open' && alert.state !== 'expired')) return undefined;
  for (const [i, duty] of alert.duties.entries()) {
    const stepped = stepOf(duty, acknowledgement, now);
    if (stepped === undefined) continue;
    return {
      cause: stepped.state === 'escalated' ? 'duty.escalated' : 'duty.overdue',
      alert: { ...alert, version, duties: alert.duties.with(i, stepped) },
      duty: { agency: duty.agency, focalPoint: duty.focalPoint },
    };
  }
  return undefined;
}

/** Fulfils the duty of a focal point; undefined when it was fulfilled before. The caller has made sure that the actor may. */
export function acknowledge(alert: Alert, point: FocalPointRef, by: ActorRef, note: string, now: number): AlertChange | undefined {
  const i = alert.duties.findIndex(({ agency, focalPoint }) => agency === point.agency && focalPoint === point.focalPoint);
  const duty = alert.duties[i];
  if (duty === undefined) throw new CorridorError('NOT_FOUND', 'the focal point has no duty here', { field: 'focal_point' });
  const done = fulfilled(duty, by, note, now);
  if (done === duty) return undefined;
  return { cause: 'duty.acknowledged', alert: { ...alert, version: alert.version + 1, duties: alert.duties.with(i, done) }, duty: { agency: duty.agency, focalPoint: duty.focalPoint } };
}
