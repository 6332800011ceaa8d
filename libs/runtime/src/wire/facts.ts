import type { SharingConsent } from '@corridor/contracts/hub/v1/hub';
import type {
  Actor,
  Agency,
  Agreement,
  Clause as ClauseMessage,
  FocalPoint,
  Group,
} from '@corridor/contracts/registry/v1/resources';
import { CorridorError } from '@corridor/kernel';
import type { ActorFacts, AgencyFacts, AgreementFacts, Clause, ConsentFacts, FocalPointFacts, GroupFacts } from '@corridor/policy';
import { integerFrom, timestampFrom } from './common.ts';
import { wire } from './enums.ts';
import { parseActorName, parseAgencyName, parseAgreementName, parseConsentName, parseFocalPointName, parseGroupName, parseSlug } from './names.ts';

/** Resources of the contracts as the facts that policy decides over. Each throws CorridorError naming the field. */

/** What policy needs of an agency. */
export const agencyFacts = (message: Agency): AgencyFacts => ({
  id: parseAgencyName(message.name, 'agency.name'),
  version: integerFrom(message.version, 'agency.version'),
  kind: wire.agencyKind.from(message.kind, 'agency.kind'),
  state: wire.agencyState.from(message.state, 'agency.state'),
  ...(message.country === '' ? {} : { country: message.country }),
  memberStates: message.memberStates,
});

/** What policy and authorisation need of an actor. */
export const actorFacts = (message: Actor): ActorFacts => ({
  ...parseActorName(message.name, 'actor.name'),
  version: integerFrom(message.version, 'actor.version'),
  roles: wire.role.allFrom(message.roles, 'actor.roles'),
  retired: message.retired,
});

/** Whose duty it is. */
export function focalPointFacts(message: FocalPoint): FocalPointFacts {
  const { agency, focalPoint: id } = parseFocalPointName(message.name, 'focal_point.name');
  return {
    agency,
    id,
    version: integerFrom(message.version, 'focal_point.version'),
    theme: message.theme,
    area: message.area,
    holder: parseActorName(message.holder, 'focal_point.holder').actor,
    deputies: message.deputies.map((deputy, i) => parseActorName(deputy, `focal_point.deputies[${i}]`).actor),
    validFrom: timestampFrom(message.validFrom, 'focal_point.valid_from'),
    validUntil: timestampFrom(message.validUntil, 'focal_point.valid_until'),
    ...(message.absentUntil === undefined ? {} : { absentUntil: timestampFrom(message.absentUntil, 'focal_point.absent_until') }),
  };
}

/** What policy needs of a group. */
export const groupFacts = (message: Group): GroupFacts => ({
  id: parseGroupName(message.name, 'group.name'),
  version: integerFrom(message.version, 'group.version'),
  members: message.members.map((member, i) => parseAgencyName(member, `group.members[${i}]`)),
  closed: message.closed,
});

/** A clause as policy reads it. An unset precision or onward sharing of a prohibition, where they have no meaning, is the strictest. */
export const clauseFacts = (message: ClauseMessage, field = 'clause'): Clause => {
  const effect = wire.clauseEffect.from(message.effect, `${field}.effect`);
  const without = effect === 'prohibit';
  return {
    id: parseSlug(message.clauseId, `${field}.clause_id`),
    effect,
    owners: message.owners.map((owner, i) => parseAgencyName(owner, `${field}.owners[${i}]`)),
    recipients: message.recipients.map((recipient, i) => parseAgencyName(recipient, `${field}.recipients[${i}]`)),
    recipientKinds: wire.agencyKind.allFrom(message.recipientKinds, `${field}.recipient_kinds`),
    categories: wire.category.allFrom(message.categories, `${field}.categories`),
    purposes: wire.purpose.allFrom(message.purposes, `${field}.purposes`),
    areas: message.areas,
    levels: wire.personalDataLevel.allFrom(message.levels, `${field}.levels`),
    exact: message.exact,
    onwardSharing:
      without && message.onwardSharing === 0
        ? 'prohibited'
        : wire.onwardSharing.from(message.onwardSharing, `${field}.onward_sharing`),
    highestPrecision:
      without && message.highestPrecision === 0
        ? 'country'
        : wire.precision.from(message.highestPrecision, `${field}.highest_precision`),
    retentionDays: message.retentionDays,
    withoutBreakdown: message.withoutBreakdown,
    secretariatBound: message.secretariatBound,
    watermark: message.watermark,
  };
};

/** What policy needs of an agreement. */
export const agreementFacts = (message: Agreement): AgreementFacts => ({
  id: parseAgreementName(message.name, 'agreement.name'),
  version: integerFrom(message.version, 'agreement.version'),
  parties: message.parties.map((party, i) => parseAgencyName(party, `agreement.parties[${i}]`)),
  ...(message.group === '' ? {} : { group: parseGroupName(message.group, 'agreement.group') }),
  clauses: message.clauses.map((clause, i) => clauseFacts(clause, `agreement.clauses[${i}]`)),
  effectiveFrom: timestampFrom(message.effectiveTime, 'agreement.effective_time'),
  expiresAt: timestampFrom(message.expireTime, 'agreement.expire_time'),
  state: wire.agreementState.from(message.state, 'agreement.state'),
});

/** What policy needs of a consent. */
export function consentFacts(message: SharingConsent): ConsentFacts {
  const { owner, consent } = parseConsentName(message.name, 'consent.name');
  return {
    id: `${owner}/${consent}`,
    version: integerFrom(message.version, 'consent.version'),
    owner,
    recipient: parseRecipient(message.recipient, 'consent.recipient'),
    categories: wire.category.allFrom(message.categories, 'consent.categories'),
    purposes: wire.purpose.allFrom(message.purposes, 'consent.purposes'),
    expiresAt: timestampFrom(message.expireTime, 'consent.expire_time'),
    revoked: message.revokeTime !== undefined,
  };
}

/** An agency or a group by its name. @throws CorridorError INVALID_ID naming `field`. */
export function parseRecipient(name: string, field: string): ConsentFacts['recipient'] {
  if (name.startsWith('agencies/')) return { kind: 'agency', id: parseAgencyName(name, field) };
  if (name.startsWith('groups/')) return { kind: 'group', id: parseGroupName(name, field) };
  throw new CorridorError('INVALID_ID', `${field} must have the form agencies/{agency} or groups/{group}`, { field });
}
