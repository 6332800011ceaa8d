import { CorridorError } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { checkMeeting, type Meeting, type NewMeeting } from '../domain/meeting.ts';
import { enter } from './enter.ts';
import type { Followup } from './followup.ts';
import { meetingsOf } from './kinds.ts';

/** Enters a meeting of the actor's agency. @throws CorridorError INVALID_ARGUMENT, HANDLING_CONTRADICTORY, NOT_FOUND, ALREADY_EXISTS */
export async function createMeeting(followup: Followup, by: ActorRef, wanted: NewMeeting): Promise<Meeting> {
  const meeting = checkMeeting(wanted, followup.policy.state);
  const group = meeting.group === undefined ? undefined : followup.policy.state.groups.get(meeting.group);
  if (meeting.group !== undefined && group?.members.includes(by.agency) !== true) {
    throw new CorridorError('NOT_FOUND', 'your agency is a member of no such group', { field: 'meeting.group' });
  }
  const entered = await enter(followup, meetingsOf(followup), meeting.id, by, { kind: 'created', meeting });
  if (entered === undefined) throw new CorridorError('ALREADY_EXISTS', 'the id belongs to another meeting', { field: 'meeting_id' });
  return entered;
}
