import type { ActorId, AgencyId } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import type { AcknowledgementTerms } from './acknowledgement.ts';

export type DutyState = 'open' | 'escalated' | 'overdue' | 'acknowledged';

/** A focal point of an agency. */
export interface FocalPointRef {
  readonly agency: AgencyId;
  readonly focalPoint: string;
}

/** The duty of one focal point to acknowledge an alert. Times in milliseconds since the epoch. */
export interface Duty extends FocalPointRef {
  readonly state: DutyState;
  /** Until when the holder has to, and, once escalated, until when the deputies have to. */
  readonly deadline: number;
  readonly escalatedAt?: number;
  readonly acknowledgedAt?: number;
  readonly acknowledgedBy?: ActorId;
  /** Fulfilled after it was overdue. */
  readonly late: boolean;
  readonly note: string;
}

/** How often a duty has changed, its beginning included; rises with every change. */
export const dutyVersion = ({ state, escalatedAt, late }: Duty): number =>
  1 + (escalatedAt === undefined ? 0 : 1) + (state === 'overdue' || late ? 1 : 0) + (state === 'acknowledged' ? 1 : 0);

/** A duty as it begins. */
export const newDuty = ({ agency, focalPoint }: FocalPointRef, { deadlineSeconds }: AcknowledgementTerms, now: number): Duty => ({
  agency,
  focalPoint,
  state: 'open',
  deadline: now + 1000 * deadlineSeconds,
  late: false,
  note: '',
});

/** When a duty changes by itself; Infinity when it does not. */
export const dutyDue = ({ state, deadline }: Duty): number => (state === 'open' || state === 'escalated' ? deadline : Infinity);

/** A duty whose deadline has passed, one step further; undefined when it has not. */
export function stepOf(duty: Duty, { escalationSeconds }: AcknowledgementTerms, now: number): Duty | undefined {
  if (dutyDue(duty) > now) return undefined;
  // The deputies have their whole time from when they are called, also when the node stood still meanwhile.
  if (duty.state === 'open') return { ...duty, state: 'escalated', escalatedAt: now, deadline: now + 1000 * escalationSeconds };
  return { ...duty, state: 'overdue' };
}

/** A duty that is fulfilled; the same when it was before. Late still counts. */
export const fulfilled = (duty: Duty, { actor }: ActorRef, note: string, now: number): Duty =>
  duty.state === 'acknowledged'
    ? duty
    : { ...duty, state: 'acknowledged', acknowledgedAt: now, acknowledgedBy: actor, late: isOverdue(duty, now), note };

/** Overdue, also when nobody has noted it down yet. */
const isOverdue = ({ state, deadline }: Duty, now: number): boolean => state === 'overdue' || (state === 'escalated' && deadline <= now);

/** Whether the deputies are called, also when nobody has noted it down yet. */
export const isEscalated = (duty: Duty, now: number): boolean => duty.state === 'escalated' || duty.state === 'overdue' || dutyDue(duty) <= now;
