import { pickPage, type PagePosition } from '@corridor/documents';
import type { ActorRef } from '@corridor/policy';
import { CorridorError } from '@corridor/kernel';
import type { Listed } from '@corridor/runtime';
import { gravest, isIssued, shownTo, topicOf, type Alert, type AlertState } from '../domain/alert.ts';
import { wants, type AlertFilter } from '../domain/topic.ts';
import { isAdmitted, type Admitted } from './admission.ts';
import { surely, type EarlyWarning, type StoredAlert } from './early-warning.ts';

export interface ListAlertsCommand {
  readonly actor: ActorRef;
  readonly filter: AlertFilter;
  readonly states: readonly AlertState[];
  /** Only alerts with a duty of the reader's agency that is not fulfilled. */
  readonly unacknowledged: boolean;
  readonly after: PagePosition | undefined;
  readonly size: number;
}

/** One page of what the reader may see, newest first; on record before it is given out. @throws CorridorError POLICY_UNCONFIRMED */
export async function listAlerts(command: ListAlertsCommand, early: EarlyWarning): Promise<Listed<Alert>> {
  const { actor, after, size } = command;
  const pick = async (doc: StoredAlert): Promise<Shown | undefined> => {
    if (doc.state === 'erased' || !isWanted(doc, command, early)) return undefined;
    const admitted = await early.admission.decide(doc, { ...actor, inPerson: true });
    return isAdmitted(admitted) ? { alert: doc, admitted } : undefined;
  };
  const request = { index: 'time', range: { from: '' }, after, order: 'descending', size } as const;
  const page = await pickPage(early.alerts, request, pick, ({ alert: { messages, duties } }) => [messages, duties]);
  const { revision } = await early.policy.current();
  if (page.items.length > 0) await early.admission.read(page.items.map(({ alert }) => alert), actor, revision);
  if (!page.items.every(({ admitted }) => admitted.stands())) throw new CorridorError('POLICY_UNCONFIRMED', 'the policy state changed meanwhile');
  return { ...page, items: page.items.map(({ alert, admitted }) => shownTo(alert, actor.agency, admitted.obligations)) };
}

interface Shown {
  readonly alert: Alert;
  readonly admitted: Admitted;
}

/** What can be told without a decision, of what every reader who may have the alert sees. */
function isWanted(alert: Alert, { actor, filter, states, unacknowledged }: ListAlertsCommand, { agency, places }: EarlyWarning): boolean {
  if (!states.includes(alert.state)) return false;
  if (!isIssued(alert) && actor.agency !== agency) return false;
  const unfulfilled = alert.duties.some((duty) => duty.agency === actor.agency && duty.state !== 'acknowledged');
  if (unacknowledged && !unfulfilled) return false;
  return wants(filter, alert.status, topicOf(alert), gravest(alert), surely(places.contains));
}
