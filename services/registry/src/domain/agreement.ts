import { type AgencyId, checkText, checkVersion, CorridorError, forbid } from '@corridor/kernel';
import type { AgreementFacts, Clause } from '@corridor/policy';
import { canonicalText } from './agreement-text.ts';
import type { Cause, Change } from './change.ts';
import type { IsSignatureOf } from './ed25519.ts';
import { isValidAt, type SigningKey } from './signing-key.ts';

/** The forms an agreement can follow. */
export const TEMPLATES = ['information-sharing-protocol', 'bilateral-exchange', 'joint-operation'] as const;
export type Template = (typeof TEMPLATES)[number];

/** What the parties sign; fixed once drafted. Times in milliseconds since the epoch. */
export interface Terms {
  readonly id: string;
  readonly title: string;
  readonly template: Template;
  readonly parties: readonly AgencyId[];
  /** Id of the group whose members are bound as parties too. */
  readonly group?: string;
  readonly clauses: readonly Clause[];
  readonly effectiveFrom: number;
  /** Exclusive. */
  readonly expiresAt: number;
}

/** A party's signature over the canonical text. */
export interface AgreementSignature {
  readonly agency: AgencyId;
  readonly keyId: string;
  /** Ed25519 (RFC 8032), 64 bytes. */
  readonly signature: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Terms between agencies and where they stand. */
export interface Agreement extends Terms {
  /** From 1. */
  readonly version: number;
  readonly state: AgreementFacts['state'];
  readonly signatures: readonly AgreementSignature[];
  /** The party that suspended or ended it. */
  readonly endedBy?: AgencyId;
}

/** What a party does with an agreement. */
export type AgreementCommand = { readonly party: AgencyId } & (
  | { readonly kind: 'sign'; readonly keyId: string; readonly key: SigningKey | undefined; readonly signature: Uint8Array }
  | { readonly kind: 'suspend'; readonly reason: string; readonly expectedVersion: number }
  | { readonly kind: 'resume'; readonly expectedVersion: number }
  | { readonly kind: 'terminate'; readonly reason: string; readonly expectedVersion: number }
);

const MAX_REASON = 500;

/** The draft of checked terms. */
export const decideDraft = (terms: Terms): Change<'agreement'> => ({
  cause: 'agreement.drafted',
  resource: { kind: 'agreement', value: { ...terms, version: 1, state: 'draft', signatures: [] } },
});

/**
 * What a party's command changes. The caller has made sure that `party` is one.
 * @throws STATE_FORBIDS, SIGNATURE_INVALID, INVALID_ARGUMENT, VERSION_CONFLICT
 */
export function decideAgreement(
  command: AgreementCommand,
  agreement: Agreement,
  now: number,
  isSignatureOf: IsSignatureOf,
): Change<'agreement'> {
  if ('expectedVersion' in command) checkVersion(command.expectedVersion, agreement.version);
  switch (command.kind) {
    case 'sign':
      return sign(command, agreement, now, isSignatureOf);
    case 'suspend':
      if (agreement.state !== 'in-force') forbid(`an agreement that is ${agreement.state} cannot be suspended`);
      return ended('agreement.suspended', command, { ...agreement, state: 'suspended', endedBy: command.party });
    case 'resume': {
      if (agreement.state !== 'suspended') forbid(`an agreement that is ${agreement.state} cannot be resumed`);
      if (agreement.endedBy !== command.party) {
        throw new CorridorError('PERMISSION_DENIED', 'only the party that suspended the agreement ends the suspension');
      }
      const { endedBy: _, ...resumed } = agreement;
      return changed('agreement.resumed', { ...resumed, state: 'in-force' });
    }
    case 'terminate':
      if (agreement.state === 'terminated') forbid('the agreement is terminated already');
      return ended('agreement.terminated', command, { ...agreement, state: 'terminated', endedBy: command.party });
  }
}

function sign(
  { party, keyId, key, signature }: Extract<AgreementCommand, { kind: 'sign' }>,
  agreement: Agreement,
  now: number,
  isSignatureOf: IsSignatureOf,
): Change<'agreement'> {
  if (agreement.state !== 'draft') forbid(`an agreement that is ${agreement.state} takes no signature`);
  if (now >= agreement.expiresAt) forbid('the agreement would have expired before its last signature');
  if (agreement.signatures.some(({ agency }) => agency === party)) forbid('the party has signed already');
  if (key === undefined || !isValidAt(key, now) || !isSignatureOf(key.publicKey, canonicalText(agreement), signature)) {
    throw new CorridorError('SIGNATURE_INVALID', 'it is no signature of a key of the agency that is valid now over the canonical text', {
      key_id: keyId,
    });
  }
  const signatures = [...agreement.signatures, { agency: party, keyId, signature, at: now }];
  const complete = agreement.parties.every((needed) => signatures.some(({ agency }) => agency === needed));
  return changed(complete ? 'agreement.in-force' : 'agreement.signed', {
    ...agreement,
    signatures,
    state: complete ? 'in-force' : 'draft',
  });
}

const changed = (cause: Cause, agreement: Agreement): Change<'agreement'> => ({
  cause,
  resource: { kind: 'agreement', value: { ...agreement, version: agreement.version + 1 } },
});

const ended = (cause: Cause, { reason }: { readonly reason: string }, agreement: Agreement): Change<'agreement'> => ({
  ...changed(cause, agreement),
  reason: checkText(reason, MAX_REASON, 'reason'),
});
