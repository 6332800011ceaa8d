import type { Documents } from '@corridor/documents';
import { partnerTopicName, type PartnerTopics } from '@corridor/eventlog';
import { CorridorError, type AgencyId } from '@corridor/kernel';
import { isTaken, lostRace } from '@corridor/outbox';
import type { ActorRef } from '@corridor/policy';
import type { AlertFilter } from '../domain/topic.ts';
import type { AlertLog } from './news.ts';

/** Which alerts go to an agency's own log topic. */
export interface AlertTopics {
  readonly agency: AgencyId;
  /** Absent: none. */
  readonly filter?: AlertFilter;
  readonly setBy: ActorRef;
  /** Per partition of the alerts topic, from where on: nothing is filled in from before. */
  readonly from: readonly number[];
}

export interface AlertTopicsDependencies {
  readonly topics: Documents<AlertTopics>;
  readonly partnerTopics: PartnerTopics;
  readonly log: AlertLog;
  /** Called when something was set. */
  readonly changed: () => void;
}

/** How often setting is tried again after somebody else set something meanwhile. */
const ATTEMPTS = 16;

/**
 * Sets which alerts go to the agency's own log topic; without topics none.
 * @throws CorridorError STATE_FORBIDS unless its topic is open
 */
export async function setAlertTopics(by: ActorRef, filter: AlertFilter | undefined, deps: AlertTopicsDependencies): Promise<string> {
  const { agency } = by;
  if (filter !== undefined && !(await deps.partnerTopics.agencies()).includes(agency)) {
    throw new CorridorError('STATE_FORBIDS', 'the agency has no log topic; open its partner topic first');
  }
  for (let attempt = 1; ; attempt += 1) {
    const there = await deps.topics.get(agency);
    // What goes on goes on where it is; what begins begins now.
    const from = there?.doc.filter === undefined ? await deps.log.end() : there.doc.from;
    const next: AlertTopics = { agency, setBy: by, from, ...(filter === undefined ? {} : { filter }) };
    try {
      await (there === undefined ? deps.topics.create(agency, next) : deps.topics.commit(agency, there.version, next));
      deps.changed();
      return partnerTopicName(agency);
    } catch (error) {
      if (!(isTaken(error) || lostRace(error)) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Which alerts go there. */
export const getAlertTopics = async (agency: AgencyId, { topics }: Pick<AlertTopicsDependencies, 'topics'>): Promise<AlertFilter | undefined> =>
  (await topics.get(agency))?.doc.filter;
