import type { Versioned } from '@corridor/documents';
import { CorridorError } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { openTopic, type PartnerTopic, type PartnerTopicTerms } from '../domain/partner-topic.ts';
import { changeTopic, type PartnerTopicDependencies } from './partner-topics.ts';

/**
 * Opens an agency's own topic; it answers when the topic is there. What the agency may see of all that is kept is
 * appended from then on.
 * @throws PERMISSION_DENIED, STATE_FORBIDS when it is open on other terms
 */
export async function openPartnerTopic(
  actor: ActorRef,
  terms: PartnerTopicTerms,
  signal: AbortSignal,
  deps: PartnerTopicDependencies,
): Promise<Versioned<PartnerTopic>> {
  if (terms.agency !== actor.agency) throw new CorridorError('PERMISSION_DENIED', 'an actor opens the topic of its own agency only');
  const opened = await changeTopic(actor, (there) => openTopic(there, terms, actor.actor, deps.clock.now()), deps);
  await deps.partnerTopics.provisioned(actor.agency, signal);
  return opened;
}
