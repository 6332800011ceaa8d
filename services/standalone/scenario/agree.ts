import { sign, type KeyObject } from 'node:crypto';
import { AgreementState, type Agreement, type Clause } from '@corridor/contracts/registry/v1/resources';
import type { SharingConsent } from '@corridor/contracts/hub/v1/hub';
import { CorridorError } from '@corridor/kernel';
import { administrator, type AgencyPart, type Cast } from './cast.ts';
import type { Company } from './company.ts';
import { FROM, KEY_ID, UNTIL } from './enter.ts';
import { unlessThere } from './steps.ts';

/** An agreement of the play; its first party drafts it, all sign it. */
export interface AgreementPart {
  readonly id: string;
  readonly title: string;
  readonly template: 'information-sharing-protocol' | 'bilateral-exchange' | 'joint-operation';
  readonly parties: readonly [string, ...string[]];
  readonly group?: string;
  readonly clauses: readonly Clause[];
}

/** A sharing group of the play. */
export interface GroupPart {
  readonly id: string;
  readonly displayName: string;
  readonly convener: string;
  readonly members: readonly string[];
}

/** A consent of the play. */
export interface ConsentPart {
  readonly owner: string;
  readonly id: string;
  /** `agencies/{agency}` or `groups/{group}`. */
  readonly recipient: string;
  readonly categories: SharingConsent['categories'];
  readonly purposes: SharingConsent['purposes'];
}

/** The terms of a play. */
export interface Terms {
  readonly groups: readonly GroupPart[];
  readonly agreements: readonly AgreementPart[];
  readonly consents: readonly ConsentPart[];
}

/** Makes groups, signs agreements and grants consents. What is there already is left as it is. */
export async function agree(cast: Cast, terms: Terms, company: Company, keys: ReadonlyMap<string, KeyObject>): Promise<void> {
  const administratorOf = (agency: string): string => administrator(partOf(cast, agency));
  await Promise.all(terms.groups.map((group) => gather(group, company, administratorOf(group.convener))));
  await Promise.all(terms.agreements.map((agreement) => conclude(agreement, company, administratorOf, keys)));
  await Promise.all(terms.consents.map((consent) => permit(consent, company, administratorOf(consent.owner))));
}

function partOf({ agencies }: Cast, id: string): AgencyPart {
  const part = agencies.find((agency) => agency.id === id);
  if (part === undefined) throw new CorridorError('NOT_FOUND', `${id} is not of this play`);
  return part;
}

async function gather({ id, displayName, members }: GroupPart, company: Company, convener: string): Promise<void> {
  const { registry } = company.as(convener);
  await unlessThere(() => registry.createGroup({ groupId: id, displayName }), 'ALREADY_EXISTS');
  const name = `groups/${id}`;
  const { group } = await registry.getGroup({ name });
  for (const member of members.map((agency) => `agencies/${agency}`)) {
    if (group?.members.includes(member) !== true) await registry.addGroupMember({ name, member, expectedVersion: 0n });
  }
}

async function conclude(
  part: AgreementPart,
  company: Company,
  administratorOf: (agency: string) => string,
  keys: ReadonlyMap<string, KeyObject>,
): Promise<void> {
  const name = `agreements/${part.id}`;
  const { registry } = company.as(administratorOf(part.parties[0]));
  await unlessThere(() => registry.draftAgreement({ agreementId: part.id, agreement: termsOf(part) }), 'ALREADY_EXISTS');
  const { agreement, canonicalText } = await registry.getAgreement({ name });
  if (agreement?.state !== AgreementState.AGREEMENT_STATE_DRAFT) return;
  const signed = new Set(agreement.signatures.map(({ agency }) => agency));
  for (const party of part.parties.filter((agency) => !signed.has(`agencies/${agency}`))) {
    const key = keys.get(party);
    if (key === undefined) throw new CorridorError('NOT_FOUND', `${party} has no signing key`);
    await company.as(administratorOf(party)).registry.signAgreement({ name, keyId: KEY_ID, signature: sign(null, canonicalText, key) });
  }
}

/** The text of an agreement, before it is signed. */
export const termsOf = ({ title, template, parties, group, clauses }: Omit<AgreementPart, 'id'>): Agreement => ({
  name: '',
  version: 0n,
  title,
  template,
  parties: parties.map((agency) => `agencies/${agency}`),
  group: group === undefined ? '' : `groups/${group}`,
  clauses,
  effectiveTime: FROM,
  expireTime: UNTIL,
  state: AgreementState.AGREEMENT_STATE_UNSPECIFIED,
  signatures: [],
  endedBy: '',
});

async function permit({ owner, id, recipient, categories, purposes }: ConsentPart, company: Company, officer: string): Promise<void> {
  const consent: SharingConsent = { name: '', version: 0n, recipient, categories, purposes, expireTime: UNTIL, revokeTime: undefined };
  await unlessThere(() => company.as(officer).hub.grantConsent({ parent: `agencies/${owner}`, consentId: id, consent }), 'ALREADY_EXISTS');
}
