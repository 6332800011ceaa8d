import type { Uuid } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import type { Alert } from '../domain/alert.ts';
import { approve } from '../domain/thread.ts';
import { addressed } from './addressed.ts';
import { changeAlert } from './change-alert.ts';
import type { EarlyWarning } from './early-warning.ts';

/** Issues a drafted alert, with the duties it imposes. @throws CorridorError NOT_FOUND, VERSION_CONFLICT, STATE_FORBIDS, FOUR_EYES, POLICY_UNCONFIRMED */
export const approveAlert = (early: EarlyWarning, by: ActorRef, id: Uuid, expectedVersion: number): Promise<Alert> =>
  changeAlert(early, id, by, (alert) => addressed(approve(alert, { by, expectedVersion }, early.clock.now()), early));
