import { CorridorError, type Uuid } from '@corridor/kernel';
import { commit } from '@corridor/outbox';
import type { ActorRef } from '@corridor/policy';
import type { Alert, AlertChange } from '../domain/alert.ts';
import type { EarlyWarning, StoredAlert } from './early-warning.ts';

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
  const { alert } = await commit<StoredAlert, AlertChange>({
    documents: early.alerts,
    id,
    decide: (stored) => {
      if (stored === undefined || stored.state === 'erased') throw unknownAlert();
      return decide(stored);
    },
    evolve: (_, change) => change.alert,
    eventOf: (change) => early.alertEvent(change, by),
  });
  early.due();
  return alert;
}

/** The answer to whoever may not see an alert, and to whoever names none. */
export const unknownAlert = (): CorridorError => new CorridorError('NOT_FOUND', 'there is no such alert for you', { field: 'name' });
