import { CorridorError, type AgencyId } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { confirmationPassed, type ConsentRef } from '@corridor/runtime';
import { revoke, type Consent } from '../domain/consent.ts';
import { consentKey, effective, type ConsentDependencies } from './consents.ts';

/** How far a recipient came in corridor.updates.v1, per partition, exclusive. */
export interface CutOff {
  readonly recipient: AgencyId;
  readonly mayHaveReceived: readonly number[];
  readonly acknowledged: readonly number[];
}

/** What the record says of how far recipients came. */
export interface CutOffs {
  /** Everything recorded before the call counts; acknowledged is what the recipient said of all updates of the owner. */
  of(owner: AgencyId, recipients: readonly AgencyId[]): Promise<readonly CutOff[]>;
}

/** How often a revocation is tried against other changes of the same consent. */
const ATTEMPTS = 16;

/**
 * Revokes a permission. It answers when every replica either knows of it or has gone silent: from then on nothing more
 * goes out under it. The cut-offs say what its recipients may have received and have acknowledged before. Asking again,
 * after an answer that was lost, gives the same answer.
 */
export async function revokeConsent(
  actor: ActorRef,
  ref: ConsentRef,
  expectedVersion: number,
  deps: ConsentDependencies & { readonly cutOffs: CutOffs },
): Promise<{ readonly consent: Consent; readonly cutOffs: readonly CutOff[] }> {
  if (ref.owner !== actor.agency) throw new CorridorError('NOT_FOUND', 'there is no such consent for you');
  const consent = await commit(actor, ref, expectedVersion, deps);
  await effective(deps);
  await confirmationPassed(deps.clock);
  const { recipient } = consent;
  const recipients = recipient.kind === 'agency' ? [recipient.id] : (deps.policy.state.groups.get(recipient.id)?.members ?? []);
  return { consent, cutOffs: await deps.cutOffs.of(ref.owner, recipients.filter((id) => id !== ref.owner)) };
}

async function commit(actor: ActorRef, ref: ConsentRef, expectedVersion: number, { relay, eventOf, clock }: ConsentDependencies): Promise<Consent> {
  for (let attempt = 1; ; attempt += 1) {
    const stored = await relay.documents.get(consentKey(ref));
    if (stored === undefined) throw new CorridorError('NOT_FOUND', 'there is no such consent for you');
    if (isRevokedAfter(stored.doc, expectedVersion)) return stored.doc;
    const change = revoke(stored.doc, expectedVersion, clock.now());
    try {
      await relay.documents.commit(consentKey(ref), stored.version, change.consent, [eventOf(change, actor)]);
      return change.consent;
    } catch (error) {
      const lost = error instanceof CorridorError && error.reason === 'VERSION_CONFLICT';
      if (!lost || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Whether a consent is revoked, by a revocation that may have been this one. */
const isRevokedAfter = ({ revokedAt, version }: Consent, expectedVersion: number): boolean =>
  revokedAt !== undefined && (expectedVersion === 0 || expectedVersion === version - 1);
