import { CorridorError, type Uuid } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import type { Alert } from '../domain/alert.ts';
import { checkInfos, type CapInfo } from '../domain/cap.ts';
import { update } from '../domain/thread.ts';
import { changeAlert } from './change-alert.ts';
import type { EarlyWarning } from './early-warning.ts';

/** Updates an open alert by a further message. @throws CorridorError NOT_FOUND, VERSION_CONFLICT, STATE_FORBIDS, INVALID_ARGUMENT, UNKNOWN_PLACE */
export async function updateAlert(early: EarlyWarning, by: ActorRef, id: Uuid, expectedVersion: number, infos: readonly CapInfo[]): Promise<Alert> {
  const { clock, places } = early;
  checkInfos(infos, clock.now(), (place, field) => {
    if (!places.isPlace(place)) throw new CorridorError('UNKNOWN_PLACE', `${field} is no place of the gazetteer`, { field });
  });
  return changeAlert(early, id, by, (alert) => update(alert, { by, expectedVersion, infos }, clock.now()));
}
