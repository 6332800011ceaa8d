import type { Alert as AlertMessage, AlertEvent, Duty as DutyMessage } from '@corridor/contracts/alerts/v1/alerts';
import type { CapInfo as InfoMessage, CapMessage as MessageOfThread } from '@corridor/contracts/alerts/v1/cap';
import type { AgencyId } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { actorName, agencyName, focalPointName, handlingTo, periodTo, seriesName, wire } from '@corridor/runtime';
import { topicOf, type Alert, type AlertChange, type Provenance } from '../domain/alert.ts';
import { referenceText, restrictionOf, scopeOf, type CapInfo, type CapMessage } from '../domain/cap.ts';
import type { Duty } from '../domain/duty.ts';
import { topicText } from '../domain/topic.ts';
import { alertName, ruleName } from './names.ts';
import { words } from './words.ts';

/** For whom an alert is written: the early-warning agency, and who reads it; absent in the log. */
export interface Writing {
  readonly agency: AgencyId;
  readonly reader?: AgencyId;
}

/** The message of an alert. */
export const alertTo = (alert: Alert, writing: Writing): AlertMessage => ({
  name: alertName(alert.id),
  version: BigInt(alert.version),
  state: words.alertState.to(alert.state),
  topic: topicText(topicOf(alert)),
  messages: alert.messages.map((message) => messageTo(message, alert, writing)),
  provenance: alert.provenance === undefined ? undefined : provenanceTo(alert.provenance),
  handling: handlingTo(alert.handling),
  duties: alert.duties.map(dutyTo),
  author: alert.author === undefined ? '' : actorName(alert.author),
  raiseTime: alert.raisedAt === undefined ? undefined : new Date(alert.raisedAt),
  expireTime: new Date(alert.expiresAt),
});

function messageTo(message: CapMessage, { handling, status }: Alert, { agency, reader }: Writing): MessageOfThread {
  const scope = scopeOf(handling.tlp);
  return {
    identifier: message.identifier,
    sender: agencyName(agency),
    sent: new Date(message.sent),
    status: words.status.to(status),
    messageType: words.messageType.to(message.type),
    scope: words.scope.to(scope),
    restriction: restrictionOf(handling.tlp, handling.communityGroups),
    addresses: scope === 'private' && reader !== undefined ? [agencyName(reader)] : [],
    references: message.references.map((reference) => referenceText(agency, reference)),
    note: message.note,
    infos: message.infos.map(infoTo),
  };
}

const infoTo = (info: CapInfo): InfoMessage => ({
  ...info,
  category: words.category.to(info.category),
  urgency: words.urgency.to(info.urgency),
  severity: wire.severity.to(info.severity),
  certainty: words.certainty.to(info.certainty),
  onset: new Date(info.onset),
  expires: new Date(info.expires),
  areas: info.areas.map(({ description, place }) => ({ areaDescription: description, place })),
});

const provenanceTo = ({ rule, edition, inputs, explanation, strength, period }: Provenance): NonNullable<AlertMessage['provenance']> => ({
  rule: ruleName(rule),
  ruleVersion: BigInt(edition),
  inputs,
  explanation,
  strength,
  period: periodTo(period),
});

const dutyTo = (duty: Duty): DutyMessage => ({
  focalPoint: focalPointName(duty),
  state: words.dutyState.to(duty.state),
  deadline: new Date(duty.deadline),
  escalateTime: duty.escalatedAt === undefined ? undefined : new Date(duty.escalatedAt),
  acknowledgeTime: duty.acknowledgedAt === undefined ? undefined : new Date(duty.acknowledgedAt),
  acknowledgedBy: duty.acknowledgedBy === undefined ? '' : actorName({ agency: duty.agency, actor: duty.acknowledgedBy }),
  late: duty.late,
  note: duty.note,
});

/** The event of a change. */
export const alertEventTo = ({ cause, alert, duty }: AlertChange, by: ActorRef | undefined, agency: AgencyId): AlertEvent => ({
  cause,
  actor: by === undefined ? '' : actorName(by),
  alert: alertTo(alert, { agency }),
  duty: duty === undefined ? '' : focalPointName(duty),
  category: wire.category.to(alert.category),
  sources: alert.sources.map(({ owner, series, category, handling, area }) => ({
    series: seriesName({ owner, series }),
    category: wire.category.to(category),
    handling: handlingTo(handling),
    area,
  })),
  keepUntil: new Date(alert.keptUntil),
  changes: BigInt(alert.changes),
});
