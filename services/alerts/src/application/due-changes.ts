import { CorridorError } from '@corridor/kernel';
import type { PagePosition } from '@corridor/documents';
import { lostRace } from '@corridor/outbox';
import { nextDue, type Alert } from '../domain/alert.ts';
import { dueChange } from '../domain/thread.ts';
import { changeAlert } from './change-alert.ts';
import type { EarlyWarning, StoredAlert } from './early-warning.ts';
import { timeKey } from './stored.ts';

const PAGE = 100;

/** Does to every alert what is due now: it escalates duties, ends alerts and erases what may be kept no longer. */
export async function doWhatIsDue(early: EarlyWarning): Promise<void> {
  const now = early.clock.now();
  let after: PagePosition | undefined;
  do {
    const page = await early.alerts.page('due', { from: '', to: timeKey(now + 1) }, after, PAGE);
    for (const { doc, version } of page.items) await settle(doc, version, now, early);
    after = page.next;
  } while (after !== undefined);
}

/** When the next thing is due; Infinity when nothing is. */
export async function whenDue({ alerts }: EarlyWarning): Promise<number> {
  const [next] = (await alerts.page('due', { from: '' }, undefined, 1)).items;
  return next === undefined || next.doc.state === 'erased' ? Infinity : nextDue(next.doc);
}

async function settle(alert: StoredAlert, version: number, now: number, early: EarlyWarning): Promise<void> {
  if (alert.state === 'erased' || alert.keptUntil <= now) {
    // What stood in the log is unreadable once its key goes; here only that the id is taken stays, under no index.
    await early.alerts.commit(alert.id, version, { state: 'erased', id: alert.id }).catch(unlessOthersWereFaster);
    return;
  }
  let current: Alert = alert;
  while (nextDue(current) <= now && current.keptUntil > now) {
    const changed = await changeAlert(early, alert.id, undefined, (stored) => {
      const change = dueChange(stored, now);
      if (change === undefined) throw new CorridorError('STATE_FORBIDS', 'nothing is due');
      return change;
    }).catch(unlessOthersWereFaster);
    if (changed === undefined) return;
    current = changed;
  }
}

/** A replica that stood still finds done what it was to do, or the alert gone; the next look finds what is left. */
function unlessOthersWereFaster(error: unknown): undefined {
  const { reason } = CorridorError.from(error);
  if (!lostRace(error) && reason !== 'STATE_FORBIDS' && reason !== 'NOT_FOUND') throw error;
}
