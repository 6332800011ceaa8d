import type { PagePosition } from '@corridor/documents';
import type { ActorRef } from '@corridor/policy';
import { CorridorError, utf8 } from '@corridor/kernel';
import type { Listed } from '@corridor/runtime';
import { gravest, isIssued, shownTo, topicOf, type Alert, type AlertState } from '../domain/alert.ts';
import { wants, type AlertFilter } from '../domain/topic.ts';
import { isAdmitted, type Admitted } from './admission.ts';
import { surely, type EarlyWarning } from './early-warning.ts';

/** How many alerts are looked at for one page before it is given out as it is, and how many at a time. */
const LOOKED_AT = 2000;
const CHUNK = 100;
/** About how many bytes a page takes before it is given out as it is: a gRPC client takes 4 MB of one message. */
const PAGE_BYTES = 2 << 20;

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
  const { actor, size } = command;
  const shown: { readonly alert: Alert; readonly admitted: Admitted }[] = [];
  let { after } = command;
  let isEnd = false;
  let bytes = 0;
  const isFull = (): boolean => shown.length === size || bytes >= PAGE_BYTES;
  for (let looked = 0; looked < LOOKED_AT && !isFull() && !isEnd; ) {
    // Most readers may see nearly all: at first no more is opened than a page takes, and one to see whether there is a next.
    const atOnce = looked === 0 ? Math.min(CHUNK, size + 1) : CHUNK;
    const page = await early.alerts.page('time', { from: '' }, after, Math.min(atOnce, LOOKED_AT - looked), 'descending');
    looked += page.items.length;
    isEnd = page.next === undefined;
    for (const { doc, key, id } of page.items) {
      if (isFull()) {
        isEnd = false;
        break;
      }
      after = { key, id };
      if (doc.state === 'erased' || !isWanted(doc, command, early)) continue;
      const admitted = await early.admission.decide(doc, { ...actor, inPerson: true });
      if (!isAdmitted(admitted)) continue;
      shown.push({ alert: doc, admitted });
      bytes += utf8(JSON.stringify([doc.messages, doc.duties])).length;
    }
  }
  const { revision } = await early.policy.current();
  if (shown.length > 0) await early.admission.read(shown.map(({ alert }) => alert), actor, revision);
  if (!shown.every(({ admitted }) => admitted.stands())) throw new CorridorError('POLICY_UNCONFIRMED', 'the policy state changed meanwhile');
  const items = shown.map(({ alert, admitted }) => shownTo(alert, actor.agency, admitted.obligations));
  return isEnd || after === undefined ? { items } : { items, next: after };
}

/** What can be told without a decision, of what every reader who may have the alert sees. */
function isWanted(alert: Alert, { actor, filter, states, unacknowledged }: ListAlertsCommand, { agency, places }: EarlyWarning): boolean {
  if (!states.includes(alert.state)) return false;
  if (!isIssued(alert) && actor.agency !== agency) return false;
  const unfulfilled = alert.duties.some((duty) => duty.agency === actor.agency && duty.state !== 'acknowledged');
  if (unacknowledged && !unfulfilled) return false;
  return wants(filter, alert.status, topicOf(alert), gravest(alert), surely(places.contains));
}
