import { createPublicKey, type KeyObject } from 'node:crypto';
import { foundNode } from '@corridor/client';
import { AgencyState, Role, type Agency } from '@corridor/contracts/registry/v1/resources';
import type { NewActor, NewAgency } from '@corridor/contracts/registry/v1/registry';
import { CorridorError } from '@corridor/kernel';
import { actorName, administrator, OPERATOR, type ActorPart, type AgencyPart, type Cast } from './cast.ts';
import type { Company } from './company.ts';
import { unlessThere } from './steps.ts';

/** The id of the key each agency signs with. */
export const KEY_ID = 'key-1';
/** Keys, agreements and consents of a play hold for all of it. */
export const FROM = new Date('2020-01-01T00:00:00Z');
export const UNTIL = new Date('2040-01-01T00:00:00Z');

/**
 * Brings the agencies of a cast in: the founding act, then for each other agency application, endorsement, verification
 * and activation; then actors and signing keys. What is there already is left as it is.
 */
export async function enter(cast: Cast, company: Company, bootstrapSecret: string, keys: ReadonlyMap<string, KeyObject>): Promise<void> {
  const [first, second, ...others] = cast.agencies;
  const operator = newActor({ id: 'operator-1', roles: [Role.ROLE_OPERATOR] }, company.secretOf(OPERATOR));
  const founding = [first, second].map((agency) => newAgency(agency, company));
  await unlessThere(() => foundNode(company.node, { bootstrapSecret, operator, agencies: founding }), 'ALREADY_FOUNDED');
  await Promise.all(others.map((agency) => bringIn(agency, first, company)));
  await Promise.all(cast.agencies.map((agency) => equip(agency, company, keys)));
}

type Step = (request: { readonly name: string; readonly expectedVersion: bigint }) => Promise<{ readonly agency: Agency | undefined }>;

/** One step of its life after the other, until the agency is active. */
async function bringIn(part: AgencyPart, endorser: AgencyPart, company: Company): Promise<void> {
  const name = `agencies/${part.id}`;
  const operator = company.as(OPERATOR).registry;
  const steps = new Map<AgencyState | undefined, Step>([
    [AgencyState.AGENCY_STATE_APPLIED, company.as(administrator(endorser)).registry.endorseAgency],
    [AgencyState.AGENCY_STATE_ENDORSED, operator.verifyAgency],
    [AgencyState.AGENCY_STATE_VERIFIED, operator.activateAgency],
  ]);
  await unlessThere(() => operator.applyAgency({ agency: newAgency(part, company) }), 'ALREADY_EXISTS');
  let { agency } = await operator.getAgency({ name });
  while (agency?.state !== AgencyState.AGENCY_STATE_ACTIVE) {
    const step = steps.get(agency?.state);
    if (step === undefined) throw new CorridorError('STATE_FORBIDS', `${name} cannot become active any more`);
    ({ agency } = await step({ name, expectedVersion: agency?.version ?? 0n }));
  }
}

async function equip(part: AgencyPart, company: Company, keys: ReadonlyMap<string, KeyObject>): Promise<void> {
  const { registry } = company.as(administrator(part));
  const agency = `agencies/${part.id}`;
  const [, ...actors] = part.actors;
  for (const actor of actors) {
    const secret = company.secretOf(actorName(part.id, actor.id));
    await unlessThere(() => registry.addActor({ agency, actor: newActor(actor, secret) }), 'ALREADY_EXISTS');
  }
  const key = keys.get(part.id);
  if (key === undefined) return;
  const signingKey = { keyId: KEY_ID, publicKey: rawPublicKey(key), validFrom: FROM, validUntil: UNTIL, revokeTime: undefined };
  await unlessThere(() => registry.addSigningKey({ agency, signingKey }), 'ALREADY_EXISTS');
}

/** The 32 bytes of an Ed25519 public key (RFC 8410: the end of its SubjectPublicKeyInfo). */
const rawPublicKey = (key: KeyObject): Buffer => createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);

const newActor = ({ id, roles }: ActorPart, secret: string): NewActor => ({ actorId: id, roles: [...roles], secret });

const newAgency = (part: AgencyPart, company: Company): NewAgency => ({
  agencyId: part.id,
  displayName: part.displayName,
  kind: part.kind,
  country: part.country ?? '',
  memberStates: [...(part.memberStates ?? [])],
  areas: [],
  firstActor: newActor(part.actors[0], company.secretOf(administrator(part))),
});
