import { CorridorError, type Uuid } from '@corridor/kernel';
import { commit } from '@corridor/outbox';
import type { ActorRef } from '@corridor/policy';
import type { Alert, AlertChange } from '../domain/alert.ts';
import type { EarlyWarning, StoredAlert } from './early-warning.ts';
import { changed } from './watched-changes.ts';

/**
 * Commits what somebody, or the clock, makes of an alert.
 * @param by absent for the service itself
 * @throws CorridorError NOT_FOUND when there is none (any more), and what `decide` throws
 */
export async function changeAlert(
  early: EarlyWarning,
  id: Uuid,
  by: ActorRef | undefined,
  decide: (alert: Alert) => AlertChange | Promise<AlertChange>,
): Promise<Alert> {
  const change = await commit<StoredAlert, AlertChange>({
    documents: early.alerts,
    id,
    decide: (stored) => {
      if (stored === undefined || stored.state === 'erased') throw unknownAlert();
      return decide(stored);
    },
    evolve: (_, { alert }) => alert,
    eventOf: (decided) => early.alertEvent(decided, by),
  });
  changed(change);
  early.due();
  return change.alert;
}

/** The answer to whoever may not see an alert, and to whoever names none. */
export const unknownAlert = (): CorridorError => new CorridorError('NOT_FOUND', 'there is no such alert for you', { field: 'name' });
