import type { SubscribeAlertsResponse } from '@corridor/contracts/alerts/v1/alerts';
import { partnerTopicName } from '@corridor/eventlog';
import { CorridorError } from '@corridor/kernel';
import type { Role } from '@corridor/policy';
import { allow, expectedVersionFrom, paged, parseAgencyName, parseFocalPointName, type Caller, type Sink } from '@corridor/runtime';
import { acknowledgeAlert } from '../application/acknowledge-alert.ts';
import { approveAlert } from '../application/approve-alert.ts';
import { cancelAlert } from '../application/cancel-alert.ts';
import { draftAlert } from '../application/draft-alert.ts';
import type { EarlyWarning } from '../application/early-warning.ts';
import { getAlert } from '../application/get-alert.ts';
import { listAlerts } from '../application/list-alerts.ts';
import { getAlertTopics, setAlertTopics } from '../application/set-alert-topics.ts';
import { subscribeAlerts, type AlertOutlet } from '../application/subscribe-alerts.ts';
import { updateAlert } from '../application/update-alert.ts';
import type { Alert } from '../domain/alert.ts';
import { filterKey } from '../domain/topic.ts';
import { infoFrom } from './alerts-from-wire.ts';
import { alertTo, type Writing } from './alerts-to-wire.ts';
import { parseAlertName } from './names.ts';
import { draftFrom, filterFrom, filterTo, listCommand, subscribeCommand } from './requests.ts';
import { ownOnly, type Served, type Some } from './served.ts';

type AlertMethods = Some<
  | 'draftAlert'
  | 'approveAlert'
  | 'updateAlert'
  | 'cancelAlert'
  | 'getAlert'
  | 'listAlerts'
  | 'acknowledgeAlert'
  | 'subscribeAlerts'
  | 'setAlertTopics'
  | 'getAlertTopics'
>;

/** Those who read alerts. */
const READERS: readonly Role[] = ['reader', 'duty-officer'];

/** Alerts: what is done to them, and who is told of them. */
export function alertMethods(served: () => Served): AlertMethods {
  const shown = (alert: Alert, early: EarlyWarning, caller: Caller) => ({ alert: alertTo(alert, { agency: early.agency, reader: caller.agency }) });
  /** For actors of the early-warning agency who have the role. */
  const own = <Req>(role: Role, act: (early: EarlyWarning, request: Req, caller: Caller) => Promise<Alert>) =>
    allow([role], async (request: Req, { caller }) => {
      const { early } = served();
      ownOnly(early, caller);
      return shown(await act(early, request, caller), early, caller);
    });
  return {
    draftAlert: own('publisher', (early, request, caller) => draftAlert(early, caller, draftFrom(request))),
    approveAlert: own('approver', (early, { name, expectedVersion }, caller) =>
      approveAlert(early, caller, parseAlertName(name, 'name'), expectedVersionFrom(expectedVersion)),
    ),
    updateAlert: own('approver', (early, { name, expectedVersion, infos }, caller) => {
      const said = infos.map((info, i) => infoFrom(info, `infos[${i}]`));
      return updateAlert(early, caller, parseAlertName(name, 'name'), expectedVersionFrom(expectedVersion), said);
    }),
    cancelAlert: own('approver', (early, { name, expectedVersion, reason }, caller) =>
      cancelAlert(early, caller, parseAlertName(name, 'name'), expectedVersionFrom(expectedVersion), reason),
    ),
    getAlert: allow(READERS, async ({ name }, { caller }) => {
      const { early } = served();
      return shown(await getAlert(early, caller, parseAlertName(name, 'name')), early, caller);
    }),
    listAlerts: allow(READERS, async (request, { caller }) => {
      const { early, pageTokens } = served();
      const wanted = listCommand(request, early.places.isPlace);
      const parent = JSON.stringify([filterKey(wanted.filter), wanted.states.toSorted(), wanted.unacknowledged]);
      const { items, nextPageToken } = await paged(pageTokens, { list: 'ListAlerts', caller: caller.name, parent }, request, (after, size) =>
        listAlerts({ ...wanted, actor: caller, after, size }, early),
      );
      return { alerts: items.map((alert) => alertTo(alert, { agency: early.agency, reader: caller.agency })), nextPageToken };
    }),
    acknowledgeAlert: allow('every actor', async ({ name, focalPoint, note }, { caller }) => {
      const { early } = served();
      const point = parseFocalPointName(focalPoint, 'focal_point');
      return shown(await acknowledgeAlert(early, caller, parseAlertName(name, 'name'), point, note), early, caller);
    }),
    subscribeAlerts: {
      roles: READERS,
      serverStream: async (request, sink, { caller, signal }) => {
        const { early, log, cursors } = served();
        const command = subscribeCommand(request, caller, early.places.isPlace);
        await subscribeAlerts(command, outletTo(sink, { agency: early.agency, reader: caller.agency }), signal, { early, log, cursors, clock: early.clock });
      },
    },
    setAlertTopics: allow(['administrator'], async ({ parent, filter }, { caller }) => {
      ownAgency(parent, caller);
      const { early, topics } = served();
      const wanted = filterFrom(filter, early.places.isPlace);
      return { logTopic: await setAlertTopics(caller, wanted.topics.length === 0 ? undefined : wanted, topics) };
    }),
    getAlertTopics: allow(['administrator'], async ({ parent }, { caller }) => {
      ownAgency(parent, caller);
      const filter = await getAlertTopics(caller.agency, served().topics);
      return { filter: filter === undefined ? undefined : filterTo(filter), logTopic: partnerTopicName(caller.agency) };
    }),
  };
}

function ownAgency(parent: string, { agency }: Caller): void {
  if (parseAgencyName(parent, 'parent') !== agency) throw new CorridorError('PERMISSION_DENIED', 'only an agency itself does this', { field: 'parent' });
}

const outletTo = (sink: Sink<SubscribeAlertsResponse>, writing: Writing): AlertOutlet => ({
  delivery: ({ cause, alert }) => sink.write({ event: { $case: 'delivery', value: { cause, alert: alertTo(alert, writing) } } }),
  mark: (cursor) => sink.write({ event: { $case: 'mark', value: { cursor } } }),
});
