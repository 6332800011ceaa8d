import { WORDS_EN as WORDS } from '../messages/words.en.ts';
import { get, post } from './call.ts';
import { handling, period } from './common.ts';
import { flag, integer, list, object, oneOf, optional, type Parser, type Read, text, time } from './json.ts';
import type { AlertStateName, CapStatusName } from './vocabulary.ts';

const info = object({
  language: text,
  category: oneOf(WORDS.capCategory),
  event: text,
  urgency: oneOf(WORDS.urgency),
  severity: oneOf(WORDS.severity),
  certainty: oneOf(WORDS.certainty),
  onset: optional(time),
  expires: optional(time),
  headline: text,
  description: text,
  instruction: text,
  areas: list(object({ areaDescription: text, place: text })),
});
/** What a message says in one language. */
export type CapInfo = Read<typeof info>;

const message = object({
  identifier: text,
  sender: text,
  sent: time,
  status: oneOf(WORDS.capStatus),
  messageType: oneOf(WORDS.messageType),
  restriction: text,
  note: text,
  infos: list(info),
});
export type CapMessage = Read<typeof message>;

const duty = object({
  focalPoint: text,
  state: oneOf(WORDS.dutyState),
  deadline: optional(time),
  escalateTime: optional(time),
  acknowledgeTime: optional(time),
  acknowledgedBy: text,
  late: flag,
  note: text,
});
/** The duty of one focal point to acknowledge. */
export type Duty = Read<typeof duty>;

const provenance = object({ rule: text, ruleVersion: integer, inputs: list(text), explanation: text, strength: integer, period: optional(period) });

const raw = object({
  name: text,
  version: integer,
  state: oneOf(WORDS.alertState),
  topic: text,
  messages: list(message),
  provenance: optional(provenance),
  handling: optional(handling),
  duties: list(duty),
  author: text,
  raiseTime: optional(time),
  expireTime: optional(time),
});
export type Alert = Read<typeof raw>;
export const alert: Parser<Alert> = raw;

/** An alert that is new or has changed, as the stream sends it. */
export const alertDelivery = object({ cause: text, alert });

const page = object({ alerts: list(alert), nextPageToken: text });
export type AlertsPage = Read<typeof page>;

/** Which alerts to list. */
export interface AlertQuery {
  /** Empty: actual ones alone. */
  readonly statuses: readonly CapStatusName[];
  /** Empty: all but drafts. */
  readonly states: readonly AlertStateName[];
  readonly unacknowledged: boolean;
}

/** @throws Refusal */
export const listAlerts = ({ statuses, states, unacknowledged }: AlertQuery, pageToken: string, signal: AbortSignal): Promise<AlertsPage> =>
  get('alerts/list-alerts', { 'filter.statuses': statuses, states, unacknowledged: unacknowledged || undefined, pageToken, pageSize: 100 }, page, signal);

const one = object({ alert });
/** @throws Refusal */
export const getAlert = async (name: string, signal: AbortSignal): Promise<Alert> => (await get('alerts/get-alert', { name }, one, signal)).alert;

const changed = async (operation: string, body: unknown): Promise<Alert> => (await post(operation, body, one)).alert;

/** Fulfils the duty of a focal point. @throws Refusal */
export const acknowledgeAlert = (name: string, focalPoint: string, note: string): Promise<Alert> => changed('alerts/acknowledge-alert', { name, focalPoint, note });
/** Issues a draft. @throws Refusal FOUR_EYES for its author */
export const approveAlert = ({ name, version }: Alert): Promise<Alert> => changed('alerts/approve-alert', { name, expectedVersion: String(version) });
/** Cancels an alert in force, or discards a draft. @throws Refusal */
export const cancelAlert = ({ name, version }: Alert, reason: string): Promise<Alert> => changed('alerts/cancel-alert', { name, expectedVersion: String(version), reason });
/** Drafts an alert by hand. @throws Refusal */
export const draftAlert = (request: unknown): Promise<Alert> => changed('alerts/draft-alert', request);

/** The newest message of a thread that says something. */
export const newestSaying = ({ messages }: Alert): CapMessage | undefined => messages.findLast(({ infos }) => infos.length > 0) ?? messages.at(-1);

/** The status of a thread; it never changes from message to message. */
export const statusOf = ({ messages }: Alert): CapStatusName => messages.at(-1)?.status ?? 'CAP_STATUS_DRAFT';
