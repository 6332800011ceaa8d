import type { Versioned } from '@corridor/documents';
import type { AgencyId } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { closeTopic, type PartnerTopic } from '../domain/partner-topic.ts';
import { changeTopic, noTopic, type PartnerTopicDependencies } from './partner-topics.ts';

/** Has an agency's own topic taken away, with all that is in it. @throws NOT_FOUND */
export async function closePartnerTopic(actor: ActorRef, agency: AgencyId, deps: PartnerTopicDependencies): Promise<Versioned<PartnerTopic>> {
  if (agency !== actor.agency) throw noTopic();
  return changeTopic(
    actor,
    (there) => {
      if (there === undefined) throw noTopic();
      return closeTopic(there);
    },
    deps,
  );
}
