import type { PartnerAccess } from '@corridor/eventlog';
import { forbid, type AgencyId } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { noTopic, type PartnerTopicDependencies } from './partner-topics.ts';

/**
 * Issues the credential with which an agency reads its own topic from outside of the node; the one before ends. That it
 * was asked for is on record before, and nothing that follows from it anywhere.
 * @throws NOT_FOUND, STATE_FORBIDS when the topic is not open, the agency is barred or the log is not reached from outside
 */
export async function issuePartnerTopicCredential(
  actor: ActorRef,
  agency: AgencyId,
  { topics, partnerTopics, book }: Pick<PartnerTopicDependencies, 'topics' | 'partnerTopics' | 'book'>,
): Promise<PartnerAccess> {
  const there = agency === actor.agency ? await topics.get(agency) : undefined;
  if (there === undefined) throw noTopic();
  if (there.doc.state !== 'open') return forbid('the topic is not open');
  await book.partnerTopicCredential(actor);
  const access = await partnerTopics.issueAccess(agency);
  return access ?? forbid('the log of this node is not reached from outside: subscribe to a stream');
}
