import type { PagePosition } from '@corridor/documents';
import type { ActorRef } from '@corridor/policy';
import type { Listed } from '@corridor/runtime';
import type { Meeting } from '../domain/meeting.ts';
import type { Followup } from './followup.ts';
import { readOne, readPage } from './read.ts';
import { shownMeetings } from './shown.ts';

/** A meeting as the reader may see it. @throws CorridorError NOT_FOUND */
export const getMeeting = (followup: Followup, reader: ActorRef, id: string): Promise<Meeting> =>
  readOne(followup, shownMeetings(followup, reader.agency), id, reader, followup.clock.now());

/** One page of the meetings that the reader may see. */
export const listMeetings = (followup: Followup, reader: ActorRef, after: PagePosition | undefined, size: number): Promise<Listed<Meeting>> =>
  readPage(followup, shownMeetings(followup, reader.agency), { index: 'all', range: { from: '' }, wants: () => true }, reader, followup.clock.now(), after, size);
