import { AlertDelivery, AlertEvent, RuleEvent } from '@corridor/contracts/alerts/v1/alerts';
import { Delivery } from '@corridor/contracts/hub/v1/hub';
import { ViewBatch } from '@corridor/contracts/hub/v1/updates';
import type { PendingEvent } from '@corridor/documents';
import type { NewRecord, StoredRecord } from '@corridor/eventlog';
import { canonicalJson, CorridorError, derivedUuid, type AgencyId, type Clock } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { actorName, encode, newEnvelope, newRecord, readEnvelope, sealedFor, TOPICS, type DataKeys } from '@corridor/runtime';
import { causeOf } from '@corridor/telemetry';
import type { AlertNews } from './application/news.ts';
import { alertKeyId } from './application/stored.ts';
import type { AlertChange } from './domain/alert.ts';
import type { Report } from './domain/observation.ts';
import type { RuleChange } from './domain/rule.ts';
import { alertChangeFrom } from './rpc/alerts-from-wire.ts';
import { alertEventTo, alertTo } from './rpc/alerts-to-wire.ts';
import { alertName, ruleName } from './rpc/names.ts';
import { reportsFrom } from './rpc/reports-from-wire.ts';
import { ruleTo } from './rpc/rules-wire.ts';

const RULE_TYPE = 'corridor.alerts.v1.RuleEvent';
const ALERT_TYPE = 'corridor.alerts.v1.AlertEvent';
const ALERT_DELIVERY_TYPE = 'corridor.alerts.v1.AlertDelivery';
const DELIVERY_TYPE = 'corridor.hub.v1.Delivery';
const SOURCE = '/alerts';

/** The event of a rule, in clear. */
export function ruleEvent({ cause, rule }: RuleChange, by: ActorRef, clock: Clock): PendingEvent {
  const payload = encode(RuleEvent, { cause, actor: actorName(by), rule: ruleTo(rule) });
  const envelope = newEnvelope({ type: RULE_TYPE, subject: ruleName(rule.id), version: rule.version, source: SOURCE, payload }, clock);
  return { topic: TOPICS.alerts.name, ...newRecord(envelope) };
}

/** The event of an alert, sealed under the data key of its series and of the month in which its retention ends. */
export async function alertEvent(change: AlertChange, by: ActorRef | undefined, agency: AgencyId, keys: DataKeys, clock: Clock): Promise<PendingEvent> {
  const { alert } = change;
  const sealWith = await keys.forSealing(alertKeyId(agency, alert));
  const clear = encode(AlertEvent, alertEventTo(change, by, agency));
  const envelope = newEnvelope({ type: ALERT_TYPE, subject: alertName(alert.id), version: alert.version, source: SOURCE, clear, sealWith }, clock);
  return { topic: TOPICS.alerts.name, ...newRecord(envelope) };
}

/** What a record of the alerts topic tells. @throws CorridorError DATABASE_DAMAGED */
export async function newsOf(record: StoredRecord, keys: DataKeys): Promise<AlertNews> {
  const { partition, offset } = record;
  const { id, type, subject, body } = readEnvelope(record);
  const traceparent = causeOf(record);
  const place = { partition, offset, id, ...(traceparent === undefined ? {} : { traceparent }) };
  if (type !== ALERT_TYPE) return place;
  if (body.$case !== 'sealed') throw new CorridorError('DATABASE_DAMAGED', 'an alert in the log is not sealed');
  try {
    const key = keys.loaded(body.value.keyId) ?? (await keys.load(body.value.keyId));
    return { ...place, change: alertChangeFrom(AlertEvent.decode(key.open(body.value, sealedFor({ id, type, subject })))) };
  } catch (error) {
    if (CorridorError.from(error).reason === 'KEY_DESTROYED') return place;
    throw new CorridorError('DATABASE_DAMAGED', 'an alert in the log cannot be read', {}, { cause: error });
  }
}

/** What a record of the agency's own topic reports; nothing for one that delivers no updates. @throws CorridorError DATABASE_DAMAGED */
export function reportsOf(record: StoredRecord): readonly Report[] {
  const { type, body } = readEnvelope(record);
  if (type !== DELIVERY_TYPE) return [];
  if (body.$case !== 'payload') throw new CorridorError('DATABASE_DAMAGED', 'a delivery in the log is sealed');
  try {
    const delivery = Delivery.decode(body.value);
    return reportsFrom(ViewBatch.decode(delivery.batch), delivery);
  } catch (error) {
    throw new CorridorError('DATABASE_DAMAGED', 'a delivery in the log cannot be read', {}, { cause: error });
  }
}

/** The record that delivers a change to an agency's own topic; what is delivered twice has the same id. */
export function deliveryRecord(news: Pick<AlertNews, 'id'>, { cause, alert }: AlertChange, reader: AgencyId, agency: AgencyId, clock: Clock): NewRecord {
  const payload = encode(AlertDelivery, { cause, alert: alertTo(alert, { agency, reader }) });
  const id = derivedUuid(alert.raisedAt ?? alert.createdAt, canonicalJson([reader, news.id]));
  return newRecord(newEnvelope({ id, type: ALERT_DELIVERY_TYPE, subject: alertName(alert.id), version: alert.version, source: SOURCE, payload }, clock));
}

