import type { Uuid } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import type { Alert } from '../domain/alert.ts';
import { cancel } from '../domain/thread.ts';
import { changeAlert } from './change-alert.ts';
import type { EarlyWarning } from './early-warning.ts';

/** Cancels an open alert, or discards a draft. @throws CorridorError NOT_FOUND, VERSION_CONFLICT, STATE_FORBIDS, INVALID_ARGUMENT */
export const cancelAlert = (early: EarlyWarning, by: ActorRef, id: Uuid, expectedVersion: number, reason: string): Promise<Alert> =>
  changeAlert(early, id, by, (alert) => cancel(alert, { by, expectedVersion, reason }, early.clock.now()));
