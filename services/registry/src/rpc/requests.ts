import type { NewActor, NewAgency } from '@corridor/contracts/registry/v1/registry';
import type {
  Agreement as AgreementMessage,
  FocalPoint as FocalPointMessage,
  SigningKey as SigningKeyMessage,
} from '@corridor/contracts/registry/v1/resources';
import { type ActorId, actorId, type AgencyId, agencyId, CorridorError } from '@corridor/kernel';
import {
  actorName,
  clauseFacts,
  parseActorName,
  parseAgencyName,
  parseFocalPointName,
  parseGroupName,
  parseSlug,
  required,
  timestampFrom,
  wire,
} from '@corridor/runtime';
import type { ActorToBe, AgencyToBe } from '../application/found-node.ts';
import type { ActorName } from '../application/registry.ts';
import type { FocalPoint } from '../domain/organisation.ts';
import type { SigningKey } from '../domain/signing-key.ts';
import type { ProposedTerms } from '../domain/terms.ts';

/** Parts of requests as the domain knows them. Each throws CorridorError naming the field. */

export const actorNameFrom = (text: string, field: string): ActorName => {
  const { agency, actor } = parseActorName(text, field);
  return { agency, actor, name: actorName({ agency, actor }) };
};

export const actorToBeFrom = (message: NewActor | undefined, field: string): ActorToBe => {
  const { actorId: id, roles, secret } = required(message, field);
  return { id: actorId(id, `${field}.actor_id`), roles: wire.role.allFrom(roles, `${field}.roles`), secret };
};

export const agencyToBeFrom = (message: NewAgency | undefined, field: string): AgencyToBe => {
  const agency = required(message, field);
  return {
    profile: {
      id: agencyId(agency.agencyId, `${field}.agency_id`),
      displayName: agency.displayName,
      kind: wire.agencyKind.from(agency.kind, `${field}.kind`),
      country: agency.country,
      memberStates: agency.memberStates,
      areas: agency.areas,
    },
    firstActor: actorToBeFrom(agency.firstActor, `${field}.first_actor`),
  };
};

export const signingKeyFrom = (message: SigningKeyMessage | undefined): Omit<SigningKey, 'revokedAt'> => {
  const key = required(message, 'signing_key');
  if (key.revokeTime !== undefined) {
    throw new CorridorError('INVALID_ARGUMENT', 'signing_key.revoke_time must be unset', { field: 'signing_key.revoke_time' });
  }
  return {
    id: parseSlug(key.keyId, 'signing_key.key_id'),
    publicKey: new Uint8Array(key.publicKey),
    validFrom: timestampFrom(key.validFrom, 'signing_key.valid_from'),
    validUntil: timestampFrom(key.validUntil, 'signing_key.valid_until'),
  };
};

export const focalPointFrom = (message: FocalPointMessage | undefined): Omit<FocalPoint, 'version'> => {
  const wanted = required(message, 'focal_point');
  const { agency, focalPoint: id } = parseFocalPointName(wanted.name, 'focal_point.name');
  return {
    agency,
    id,
    theme: wanted.theme,
    area: wanted.area,
    holder: ownActor(wanted.holder, agency, 'focal_point.holder'),
    deputies: wanted.deputies.map((deputy, i) => ownActor(deputy, agency, `focal_point.deputies[${i}]`)),
    validFrom: timestampFrom(wanted.validFrom, 'focal_point.valid_from'),
    validUntil: timestampFrom(wanted.validUntil, 'focal_point.valid_until'),
    ...(wanted.absentUntil === undefined ? {} : { absentUntil: timestampFrom(wanted.absentUntil, 'focal_point.absent_until') }),
  };
};

function ownActor(text: string, agency: AgencyId, field: string): ActorId {
  const named = parseActorName(text, field);
  if (named.agency !== agency) throw new CorridorError('INVALID_ARGUMENT', `${field} must be an actor of ${agency}`, { field });
  return named.actor;
}

export const proposedTermsFrom = (id: string, message: AgreementMessage | undefined): ProposedTerms => {
  const agreement = required(message, 'agreement');
  return {
    id: parseSlug(id, 'agreement_id'),
    title: agreement.title,
    template: agreement.template,
    parties: agreement.parties.map((party, i) => parseAgencyName(party, `agreement.parties[${i}]`)),
    ...(agreement.group === '' ? {} : { group: parseGroupName(agreement.group, 'agreement.group') }),
    clauses: agreement.clauses.map((clause, i) => clauseFacts(clause, `agreement.clauses[${i}]`)),
    effectiveFrom: timestampFrom(agreement.effectiveTime, 'agreement.effective_time'),
    expiresAt: timestampFrom(agreement.expireTime, 'agreement.expire_time'),
  };
};
