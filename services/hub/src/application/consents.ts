import type { PagePosition, PendingEvent } from '@corridor/documents';
import { prefix } from '@corridor/documents';
import type { EventLog } from '@corridor/eventlog';
import { CorridorError, type AgencyId, type Clock } from '@corridor/kernel';
import type { Relay } from '@corridor/outbox';
import type { ActorRef, PolicyRevision } from '@corridor/policy';
import { TOPICS, type ConsentRef, type Listed, type PolicyView } from '@corridor/runtime';
import type { Consent, ConsentChange } from '../domain/consent.ts';

export interface ConsentDependencies {
  /** Documents of consents, written through their relay. */
  readonly relay: Pick<Relay<Consent>, 'documents' | 'drained'>;
  readonly eventOf: (change: ConsentChange, actor: ActorRef) => PendingEvent;
  readonly policy: PolicyView;
  readonly log: EventLog;
  readonly clock: Clock;
}

/** The id of a consent's document: sorted by owner. */
export const consentKey = ({ owner, consent }: ConsentRef): string => `${owner}/${consent}`;

/** Waits until a committed change is in the log and folded here; the revision from which on it counts. */
export async function effective({ relay, log, policy }: ConsentDependencies): Promise<PolicyRevision> {
  await relay.drained();
  const [consents = 0] = await log.end(TOPICS.consents.name);
  const revision = { registry: policy.revision.registry, consents };
  await policy.reached(revision);
  return revision;
}

/** One consent. @throws NOT_FOUND unless the reader's agency is its owner or a recipient. */
export async function getConsent(reader: AgencyId, ref: ConsentRef, { relay, policy }: ConsentDependencies): Promise<Consent> {
  const stored = await relay.documents.get(consentKey(ref));
  const { groups } = policy.state;
  const isRecipient = (consent: Consent): boolean =>
    consent.recipient.kind === 'agency' ? consent.recipient.id === reader : (groups.get(consent.recipient.id)?.members.includes(reader) ?? false);
  if (stored === undefined || (ref.owner !== reader && !isRecipient(stored.doc))) {
    throw new CorridorError('NOT_FOUND', 'there is no such consent for you');
  }
  return stored.doc;
}

/** One page of an owner's consents, by id. */
export async function listConsents(
  owner: AgencyId,
  after: PagePosition | undefined,
  size: number,
  { relay }: ConsentDependencies,
): Promise<Listed<Consent>> {
  const page = await relay.documents.page('owner', prefix(`${owner}/`), after, size);
  return { ...page, items: page.items.map(({ doc }) => doc) };
}
