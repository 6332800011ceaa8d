import { checkText, derivedUuid, seriesId, utf8, type AgencyId } from '@corridor/kernel';
import type { Handling, PolicyState } from '@corridor/policy';
import { checkConditions } from './conditions.ts';
import type { Evolve } from './history.ts';
import type { Subject } from './subject.ts';

/** A joint meeting that adopts recommendations. */
export interface Meeting {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  /** When it took place, milliseconds since the epoch. */
  readonly metAt: number;
  readonly secretariat: AgencyId;
  /** Id of the sharing group that met. */
  readonly group?: string;
  /** Of what it adopts, unless a recommendation has its own. */
  readonly handling: Handling;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** What is said of a meeting. */
export type NewMeeting = Omit<Meeting, 'version' | 'createdAt'>;

export type MeetingEvent = { readonly kind: 'created'; readonly meeting: NewMeeting };

const MAX_TITLE = 200;

/** @throws CorridorError INVALID_ARGUMENT, HANDLING_CONTRADICTORY */
export function checkMeeting(meeting: NewMeeting, state: PolicyState): NewMeeting {
  checkText(meeting.title, MAX_TITLE, 'meeting.title');
  checkConditions(meeting.handling, meeting.secretariat, state, 'meeting.handling');
  return meeting;
}

export const evolveMeeting: Evolve<Meeting, MeetingEvent> = (_, { at, event }) => ({ ...event.meeting, version: 1, createdAt: at });

/** @param addressees members of its group, and those its recommendations are addressed to */
export const meetingSubject = ({ id, secretariat, handling, createdAt }: Meeting, addressees: readonly AgencyId[]): Subject => ({
  owner: secretariat,
  series: seriesId(id),
  ref: derivedUuid(createdAt, utf8(`meetings/${id}`)),
  handling,
  addressees,
  since: createdAt,
});
