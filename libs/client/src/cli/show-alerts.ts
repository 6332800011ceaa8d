import type { Alert, Duty } from '@corridor/contracts/alerts/v1/alerts';
import type { CapMessage } from '@corridor/contracts/alerts/v1/cap';
import { ALERT_STATES, CAP_MESSAGE_TYPES, CAP_STATUSES, DUTY_STATES, SEVERITIES, URGENCIES } from '../enum-words.ts';
import { handlingText, periodText } from './show-updates.ts';
import { facts, table } from './table.ts';

/** Alerts, one line each. */
export const alertsTable = (alerts: readonly Alert[]): string =>
  table(
    ['ALERT', 'STATE', 'STATUS', 'TOPIC', 'RAISED', 'ACKNOWLEDGED', 'HEADLINE'],
    alerts.map((alert) => [
      alert.name,
      ALERT_STATES.of(alert.state),
      CAP_STATUSES.of(newest(alert)?.status ?? 0),
      alert.topic,
      alert.raiseTime?.toISOString() ?? '-',
      dutiesText(alert.duties),
      headline(alert),
    ]),
  );

const newest = ({ messages }: Alert): CapMessage | undefined => messages.at(-1);

/** The headline of the newest message that has one: a CANCEL has none. */
const headline = ({ messages }: Alert): string => messages.findLast(({ infos }) => infos.length > 0)?.infos[0]?.headline ?? '-';

/** How many of the duties are fulfilled, and which of the others are worst. */
function dutiesText(duties: readonly Duty[]): string {
  if (duties.length === 0) return '-';
  const open = duties.filter(({ acknowledgeTime }) => acknowledgeTime === undefined);
  const states = new Set(open.map(({ state }) => DUTY_STATES.of(state)));
  return `${duties.length - open.length} of ${duties.length}${open.length === 0 ? '' : ` (${[...states].join(', ')})`}`;
}

/** An alert with its thread, its duties and where it comes from. */
export function alertInFull(alert: Alert): string {
  const { provenance } = alert;
  const head = facts([
    ['alert', alert.name],
    ['topic', alert.topic],
    ['state', ALERT_STATES.of(alert.state)],
    ['handling', handlingText(alert.handling)],
    ['raised', alert.raiseTime?.toISOString() ?? ''],
    ['expires', alert.expireTime?.toISOString() ?? ''],
    ['author', alert.author],
    ['why', provenance?.explanation ?? ''],
    ['rule', provenance === undefined || provenance.rule === '' ? '' : `${provenance.rule}, version ${provenance.ruleVersion}`],
    ['period', provenance?.period === undefined ? '' : periodText(provenance.period)],
    ['strength', provenance === undefined || provenance.strength === 0 ? '' : `${provenance.strength} %`],
    ['computed from', provenance?.inputs.join(' ') ?? ''],
    ['version', String(alert.version)],
  ]);
  const duties = alert.duties.map((duty) => [
    duty.focalPoint,
    `${DUTY_STATES.of(duty.state)}${duty.late ? ', late' : ''}`,
    duty.deadline?.toISOString() ?? '-',
    duty.acknowledgeTime === undefined ? '-' : `${duty.acknowledgeTime.toISOString()} by ${duty.acknowledgedBy}`,
    duty.note,
  ]);
  const dutiesPart = duties.length === 0 ? [] : [table(['DUTY OF', 'STATE', 'DEADLINE', 'ACKNOWLEDGED', 'NOTE'], duties)];
  return [head, ...alert.messages.map(messageText), ...dutiesPart].join('\n');
}

function messageText(message: CapMessage): string {
  const head = facts([
    ['message', `${CAP_MESSAGE_TYPES.of(message.messageType)}, ${CAP_STATUSES.of(message.status)}, sent ${message.sent?.toISOString() ?? '-'}`],
    ['from', message.sender],
    ['to', message.restriction || message.addresses.join(' ')],
    ['note', message.note],
  ]);
  const infos = message.infos.map((info) =>
    facts([
      [`headline (${info.language})`, info.headline],
      ['event', info.event],
      ['severity', `${SEVERITIES.of(info.severity)}, urgency ${URGENCIES.of(info.urgency)}`],
      ['where', info.areas.map(({ areaDescription }) => areaDescription).join('; ')],
      ['description', info.description],
      ['instruction', info.instruction],
    ]),
  );
  return [head, ...infos].join('');
}
