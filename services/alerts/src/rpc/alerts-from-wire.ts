import type { AlertEvent, Alert as AlertMessage, Duty as DutyMessage } from '@corridor/contracts/alerts/v1/alerts';
import type { CapInfo as InfoMessage, CapMessage as MessageOfThread } from '@corridor/contracts/alerts/v1/cap';
import { CorridorError, refuse, uuid } from '@corridor/kernel';
import { handlingFrom, integerFrom, parseActorName, parseFocalPointName, parseSeriesName, periodFrom, required, timestampFrom, wire } from '@corridor/runtime';
import type { Alert, AlertCause, AlertChange, Provenance } from '../domain/alert.ts';
import type { CapInfo, CapMessage, CapMessageType } from '../domain/cap.ts';
import type { Duty } from '../domain/duty.ts';
import { parseAlertName, parseRuleName } from './names.ts';
import { statusFrom } from './rules-wire.ts';
import { words } from './words.ts';

const CAUSES: readonly AlertCause[] = [
  'alert.raised',
  'alert.drafted',
  'alert.approved',
  'alert.updated',
  'alert.cancelled',
  'alert.expired',
  'duty.escalated',
  'duty.overdue',
  'duty.acknowledged',
];

/** The change that an event tells of. The alert comes without what only the evaluation needs. @throws CorridorError naming the part */
export function alertChangeFrom(event: AlertEvent): AlertChange {
  const cause = CAUSES.find((one) => one === event.cause);
  if (cause === undefined) throw new CorridorError('UNKNOWN_ENUM_VALUE', 'cause is not known', { field: 'cause' });
  return {
    cause,
    alert: alertFrom(required(event.alert, 'alert'), event),
    ...(event.duty === '' ? {} : { duty: parseFocalPointName(event.duty, 'duty') }),
  };
}

function alertFrom(message: AlertMessage, event: AlertEvent): Alert {
  const [first] = message.messages;
  const [hazard = '', area = ''] = message.topic.split('/');
  const raisedAt = message.raiseTime === undefined ? undefined : timestampFrom(message.raiseTime, 'raise_time');
  return {
    id: parseAlertName(message.name, 'name'),
    version: integerFrom(message.version, 'version'),
    changes: integerFrom(event.changes, 'changes'),
    state: words.alertState.from(message.state, 'state'),
    status: statusFrom(required(first, 'messages').status, 'messages[0].status'),
    note: first?.note ?? '',
    hazard,
    area,
    category: wire.category.from(event.category, 'category'),
    handling: handlingFrom(message.handling),
    sources: event.sources.map((source, i) => ({
      ...parseSeriesName(source.series, `sources[${i}].series`),
      category: wire.category.from(source.category, `sources[${i}].category`),
      handling: handlingFrom(source.handling, `sources[${i}].handling`),
      area: source.area,
    })),
    messages: message.messages.map((each, i) => messageFrom(each, `messages[${i}]`)),
    ...(message.provenance === undefined ? {} : { provenance: provenanceFrom(message.provenance) }),
    duties: message.duties.map((duty, i) => dutyFrom(duty, `duties[${i}]`)),
    ...(message.author === '' ? {} : { author: parseActorName(message.author, 'author') }),
    createdAt: raisedAt ?? 0,
    ...(raisedAt === undefined ? {} : { raisedAt }),
    expiresAt: timestampFrom(message.expireTime, 'expire_time'),
    keptUntil: timestampFrom(event.keepUntil, 'keep_until'),
  };
}

const messageFrom = (message: MessageOfThread, field: string): CapMessage => ({
  identifier: uuid(message.identifier, `${field}.identifier`),
  sent: timestampFrom(message.sent, `${field}.sent`),
  type: typeFrom(message.messageType, `${field}.message_type`),
  references: message.references.map((text, i) => referenceFrom(text, `${field}.references[${i}]`)),
  note: message.note,
  infos: message.infos.map((info, i) => infoFrom(info, `${field}.infos[${i}]`)),
});

function typeFrom(value: number, field: string): CapMessageType {
  const type = words.messageType.from(value, field);
  return type === 'ack' || type === 'error' ? refuse(field, 'must be ALERT, UPDATE or CANCEL') : type;
}

function referenceFrom(text: string, field: string): CapMessage['references'][number] {
  const [, identifier = '', sent = ''] = text.split(',');
  return { identifier: uuid(identifier, field), sent: timestampFrom(new Date(sent), field) };
}

/** What a message says in one language. @throws CorridorError naming the part of `field` */
export const infoFrom = (info: InfoMessage, field: string): CapInfo => ({
  language: info.language,
  category: words.category.from(info.category, `${field}.category`),
  event: info.event,
  urgency: words.urgency.from(info.urgency, `${field}.urgency`),
  severity: wire.severity.from(info.severity, `${field}.severity`),
  certainty: words.certainty.from(info.certainty, `${field}.certainty`),
  onset: timestampFrom(info.onset, `${field}.onset`),
  expires: timestampFrom(info.expires, `${field}.expires`),
  headline: info.headline,
  description: info.description,
  instruction: info.instruction,
  areas: info.areas.map(({ areaDescription, place }) => ({ description: areaDescription, place })),
});

const provenanceFrom = ({ rule, ruleVersion, inputs, explanation, strength, period }: NonNullable<AlertMessage['provenance']>): Provenance => ({
  rule: parseRuleName(rule, 'provenance.rule'),
  edition: integerFrom(ruleVersion, 'provenance.rule_version'),
  inputs,
  explanation,
  strength,
  period: periodFrom(period, 'provenance.period'),
});

const dutyFrom = (duty: DutyMessage, field: string): Duty => ({
  ...parseFocalPointName(duty.focalPoint, `${field}.focal_point`),
  state: words.dutyState.from(duty.state, `${field}.state`),
  deadline: timestampFrom(duty.deadline, `${field}.deadline`),
  ...(duty.escalateTime === undefined ? {} : { escalatedAt: timestampFrom(duty.escalateTime, `${field}.escalate_time`) }),
  ...(duty.acknowledgeTime === undefined ? {} : { acknowledgedAt: timestampFrom(duty.acknowledgeTime, `${field}.acknowledge_time`) }),
  ...(duty.acknowledgedBy === '' ? {} : { acknowledgedBy: parseActorName(duty.acknowledgedBy, `${field}.acknowledged_by`).actor }),
  late: duty.late,
  note: duty.note,
});
