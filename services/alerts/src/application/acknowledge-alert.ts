import { checkProse, CorridorError, type Uuid } from '@corridor/kernel';
import { mayAnswer, type ActorRef } from '@corridor/policy';
import { traced } from '@corridor/telemetry';
import { shownTo, type Alert } from '../domain/alert.ts';
import { isEscalated, type FocalPointRef } from '../domain/duty.ts';
import { acknowledge } from '../domain/thread.ts';
import { changeAlert } from './change-alert.ts';
import type { EarlyWarning } from './early-warning.ts';
import { readable } from './get-alert.ts';

/**
 * Fulfils the duty of a focal point of the caller's agency; once more changes nothing.
 * @throws CorridorError NOT_FOUND, PERMISSION_DENIED, STATE_FORBIDS, INVALID_ARGUMENT
 */
export async function acknowledgeAlert(early: EarlyWarning, by: ActorRef, id: Uuid, point: FocalPointRef, note: string): Promise<Alert> {
  if (point.agency !== by.agency) throw notAnswerable();
  checkProse(note, 0, 500, 'note');
  const { alert, admitted } = await readable(early, by, id);
  checkMay(early, by, alert, point);
  const fulfilled = await traced('alert.acknowledge', { 'corridor.agency': by.agency }, () => fulfil(early, by, id, point, note), { links: [alert.traceparent] });
  return shownTo(fulfilled, by.agency, admitted.obligations);
}

async function fulfil(early: EarlyWarning, by: ActorRef, id: Uuid, point: FocalPointRef, note: string): Promise<Alert> {
  try {
    return await changeAlert(early, id, by, (current) => {
      checkMay(early, by, current, point);
      const change = acknowledge(current, point, by, note, early.clock.now());
      if (change === undefined) throw new Fulfilled(current);
      return change;
    });
  } catch (error) {
    if (error instanceof Fulfilled) return error.alert;
    throw error;
  }
}

/** That there is nothing left to do. */
class Fulfilled extends Error {
  readonly alert: Alert;

  constructor(alert: Alert) {
    super('the duty is fulfilled');
    this.alert = alert;
  }
}

function checkMay({ policy, clock }: EarlyWarning, by: ActorRef, alert: Alert, { agency, focalPoint }: FocalPointRef): void {
  const duty = alert.duties.find((one) => one.agency === agency && one.focalPoint === focalPoint);
  if (duty === undefined) throw new CorridorError('NOT_FOUND', 'the focal point has no duty here', { field: 'focal_point' });
  const facts = policy.state.focalPoints.get(`${agency}/${focalPoint}`);
  const now = clock.now();
  if (facts === undefined || !mayAnswer(facts, by.actor, now, { escalated: isEscalated(duty, now) })) throw notAnswerable();
}

const notAnswerable = (): CorridorError => new CorridorError('PERMISSION_DENIED', 'the duty is not yours to answer', { field: 'focal_point' });
