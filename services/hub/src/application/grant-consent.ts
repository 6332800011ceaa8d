import { canonicalJson, CorridorError, equalBytes } from '@corridor/kernel';
import type { ActorRef, PolicyRevision, PolicyState } from '@corridor/policy';
import { grant, type Consent } from '../domain/consent.ts';
import { consentKey, effective, type ConsentDependencies } from './consents.ts';

/**
 * Grants a standing permission; it counts from the revision in the answer on. Granting the same terms again under the
 * same id is the same grant.
 * @throws PERMISSION_DENIED, INVALID_ARGUMENT, NOT_FOUND for an unknown recipient, ALREADY_EXISTS for other terms.
 */
export async function grantConsent(
  actor: ActorRef,
  terms: Omit<Consent, 'version' | 'revokedAt'>,
  deps: ConsentDependencies,
): Promise<{ readonly consent: Consent; readonly revision: PolicyRevision }> {
  if (terms.owner !== actor.agency) throw new CorridorError('PERMISSION_DENIED', 'an actor grants for its own agency only');
  requireRecipient(terms, (await deps.policy.current()).state);
  const change = grant(terms, deps.clock.now());
  const consent = await create(change.consent, actor, deps);
  return { consent, revision: await effective(deps) };
}

function requireRecipient({ owner, recipient }: Pick<Consent, 'owner' | 'recipient'>, { agencies, groups }: PolicyState): void {
  const isThere = recipient.kind === 'agency' ? agencies.has(recipient.id) : (groups.get(recipient.id)?.members.includes(owner) ?? false);
  if (!isThere) throw new CorridorError('NOT_FOUND', 'recipient names no agency, and no group that the owner is in', { field: 'recipient' });
}

async function create(consent: Consent, actor: ActorRef, { relay, eventOf }: ConsentDependencies): Promise<Consent> {
  const id = consentKey({ owner: consent.owner, consent: consent.id });
  try {
    await relay.documents.create(id, consent, [eventOf({ cause: 'consent.granted', consent }, actor)]);
    return consent;
  } catch (error) {
    if (!(error instanceof CorridorError) || error.reason !== 'ALREADY_EXISTS') throw error;
    const there = (await relay.documents.get(id))?.doc;
    if (there !== undefined && equalBytes(canonicalJson(there), canonicalJson(consent))) return there;
    throw new CorridorError('ALREADY_EXISTS', 'a consent with this id has other terms', { field: 'consent_id' });
  }
}
