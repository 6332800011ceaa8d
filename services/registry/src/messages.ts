import {
  NodeKeyUse,
  type Actor as ActorMessage,
  type Agency as AgencyMessage,
  type Agreement as AgreementMessage,
  type Clause as ClauseMessage,
  type FocalPoint as FocalPointMessage,
  type Group as GroupMessage,
  type NodeKey as NodeKeyMessage,
  type SigningKey as SigningKeyMessage,
} from '@corridor/contracts/registry/v1/resources';
import { view } from '@corridor/kernel';
import type { Clause } from '@corridor/policy';
import { actorName, agencyName, agreementName, focalPointName, groupName, wire } from '@corridor/runtime';
import type { Agreement } from './domain/agreement.ts';
import type { Group } from './domain/group.ts';
import type { NodeKey } from './domain/node-key.ts';
import type { Actor, Agency, FocalPoint } from './domain/organisation.ts';
import type { SigningKey } from './domain/signing-key.ts';

/** Resources of the registry as messages of the contract: the same in events and in answers. */

export const agencyMessage = (agency: Agency): AgencyMessage => ({
  name: agencyName(agency.id),
  version: BigInt(agency.version),
  displayName: agency.displayName,
  kind: wire.agencyKind.to(agency.kind),
  country: agency.country ?? '',
  memberStates: agency.memberStates,
  state: wire.agencyState.to(agency.state),
  endorsedBy: agency.endorsedBy.map(agencyName),
  signingKeys: agency.signingKeys.map(signingKeyMessage),
  areas: agency.areas,
});

const signingKeyMessage = (key: SigningKey): SigningKeyMessage => ({
  keyId: key.id,
  publicKey: view(key.publicKey),
  validFrom: new Date(key.validFrom),
  validUntil: new Date(key.validUntil),
  revokeTime: optionalTime(key.revokedAt),
});

/** Without the id of its secret. */
export const actorMessage = ({ agency, id, version, roles, retired }: Actor): ActorMessage => ({
  name: actorName({ agency, actor: id }),
  version: BigInt(version),
  roles: wire.role.allTo(roles),
  retired,
});

export const focalPointMessage = (focalPoint: FocalPoint): FocalPointMessage => {
  const { agency } = focalPoint;
  return {
    name: focalPointName({ agency, focalPoint: focalPoint.id }),
    version: BigInt(focalPoint.version),
    theme: focalPoint.theme,
    area: focalPoint.area,
    holder: actorName({ agency, actor: focalPoint.holder }),
    deputies: focalPoint.deputies.map((actor) => actorName({ agency, actor })),
    validFrom: new Date(focalPoint.validFrom),
    validUntil: new Date(focalPoint.validUntil),
    absentUntil: optionalTime(focalPoint.absentUntil),
  };
};

export const groupMessage = (group: Group): GroupMessage => ({
  name: groupName(group.id),
  version: BigInt(group.version),
  displayName: group.displayName,
  members: group.members.map(agencyName),
  convener: agencyName(group.convener),
  epochSignature: view(group.epochSignature),
  closed: group.closed,
});

export const agreementMessage = (agreement: Agreement): AgreementMessage => ({
  name: agreementName(agreement.id),
  version: BigInt(agreement.version),
  title: agreement.title,
  template: agreement.template,
  parties: agreement.parties.map(agencyName),
  group: agreement.group === undefined ? '' : groupName(agreement.group),
  clauses: agreement.clauses.map(clauseMessage),
  effectiveTime: new Date(agreement.effectiveFrom),
  expireTime: new Date(agreement.expiresAt),
  state: wire.agreementState.to(agreement.state),
  signatures: agreement.signatures.map(({ agency, keyId, signature, at }) => ({
    agency: agencyName(agency),
    keyId,
    signature: view(signature),
    time: new Date(at),
  })),
  endedBy: agreement.endedBy === undefined ? '' : agencyName(agreement.endedBy),
});

const clauseMessage = (clause: Clause): ClauseMessage => ({
  clauseId: clause.id,
  effect: wire.clauseEffect.to(clause.effect),
  owners: clause.owners.map(agencyName),
  recipients: clause.recipients.map(agencyName),
  recipientKinds: wire.agencyKind.allTo(clause.recipientKinds),
  categories: wire.category.allTo(clause.categories),
  purposes: wire.purpose.allTo(clause.purposes),
  areas: clause.areas,
  levels: wire.personalDataLevel.allTo(clause.levels),
  exact: clause.exact,
  onwardSharing: wire.onwardSharing.to(clause.onwardSharing),
  highestPrecision: wire.precision.to(clause.highestPrecision),
  retentionDays: clause.retentionDays,
  withoutBreakdown: clause.withoutBreakdown,
  secretariatBound: clause.secretariatBound,
  watermark: clause.watermark,
});

export const nodeKeyMessage = (key: NodeKey): NodeKeyMessage => ({
  keyId: key.id,
  use: key.use === 'tokens' ? NodeKeyUse.NODE_KEY_USE_TOKENS : NodeKeyUse.NODE_KEY_USE_EPOCHS,
  publicKey: view(key.publicKey),
  verifier: '',
});

const optionalTime = (ms: number | undefined): Date | undefined => (ms === undefined ? undefined : new Date(ms));
