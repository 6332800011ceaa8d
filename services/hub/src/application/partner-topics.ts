import type { Documents, Versioned } from '@corridor/documents';
import type { PartnerTopics } from '@corridor/eventlog';
import { CorridorError, type AgencyId, type Clock } from '@corridor/kernel';
import { isTaken, lostRace } from '@corridor/outbox';
import type { ActorRef } from '@corridor/policy';
import type { PartnerTopic } from '../domain/partner-topic.ts';
import type { HubRecordBook } from './record-book.ts';

export interface PartnerTopicDependencies {
  /** By agency. */
  readonly topics: Documents<PartnerTopic>;
  readonly partnerTopics: PartnerTopics;
  readonly book: HubRecordBook;
  readonly clock: Clock;
  /** Tells whoever appends to the topics that one has changed. */
  readonly attend: () => void;
}

/** How often a change is tried against others of the same topic. */
const ATTEMPTS = 16;

/** Changes an agency's topic, with the actor's word on record before; what `decide` leaves as it is stays so. */
export async function changeTopic(
  actor: ActorRef,
  decide: (there: PartnerTopic | undefined) => PartnerTopic,
  { topics, book, attend }: PartnerTopicDependencies,
): Promise<Versioned<PartnerTopic>> {
  for (let attempt = 1; ; attempt += 1) {
    const there = await topics.get(actor.agency);
    const next = decide(there?.doc);
    if (there !== undefined && there.doc === next) return there;
    await book.partnerTopic({ actor, topic: next });
    try {
      const changed = await (there === undefined ? topics.create(actor.agency, next) : topics.commit(actor.agency, there.version, next));
      attend();
      return changed;
    } catch (error) {
      if (!(isTaken(error) || lostRace(error)) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** The topic of the reader's own agency. @throws NOT_FOUND for everyone else, and when it was never opened. */
export async function getPartnerTopic(
  reader: AgencyId,
  agency: AgencyId,
  { topics }: Pick<PartnerTopicDependencies, 'topics'>,
): Promise<Versioned<PartnerTopic>> {
  const there = reader === agency ? await topics.get(agency) : undefined;
  if (there === undefined) throw noTopic();
  return there;
}

export const noTopic = (): CorridorError => new CorridorError('NOT_FOUND', 'there is no such topic for you');
