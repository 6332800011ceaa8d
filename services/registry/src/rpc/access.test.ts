import { generateKeyPairSync } from 'node:crypto';
import { AgencyKind } from '@corridor/contracts/common/v1/vocabulary';
import { RegistryServiceService, type NewAgency } from '@corridor/contracts/registry/v1/registry';
import { Role } from '@corridor/contracts/registry/v1/resources';
import { actorId, agencyId, ManualClock, newUuid, systemClock } from '@corridor/kernel';
import { issueToken, type SigningKeyPair } from '@corridor/runtime';
import { type AccessOutcome, accessCases, type AccessTable } from '@corridor/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BOOTSTRAP_SECRET, temporaryFolder } from '../registry.testing.ts';
import { permission, secretOf, TestNode, unary } from '../testing.ts';
import { serveRegistry, type ServedRegistry } from './host.testing.ts';

/**
 * `relief` is the agency that everything is about: it convenes the group and is a party of the agreements, `harbour`
 * ("partner") is a member and the other party, `lookout` ("stranger") is neither, `beacon` is suspended.
 */
const CALLERS = [
  'nobody',
  'expired',
  'forged',
  'retired',
  'reader',
  'partner',
  'stranger',
  'suspended',
  'operator',
  'administrator',
] as const;
type Caller = (typeof CALLERS)[number];

type Known = 'reader' | 'partner' | 'stranger' | 'suspended' | 'operator' | 'administrator';
const UNKNOWN = { nobody: 'UNAUTHENTICATED', expired: 'UNAUTHENTICATED', forged: 'UNAUTHENTICATED', retired: 'UNAUTHENTICATED' } as const;

/** What a method for known callers gives to each: those not named are refused for their role. */
const known = (outcomes: Partial<Record<Known, AccessOutcome>>): Readonly<Record<Caller, AccessOutcome>> => ({
  ...UNKNOWN,
  reader: 'PERMISSION_DENIED',
  partner: 'PERMISSION_DENIED',
  stranger: 'PERMISSION_DENIED',
  suspended: 'AGENCY_NOT_ACTIVE',
  operator: 'PERMISSION_DENIED',
  administrator: 'PERMISSION_DENIED',
  ...outcomes,
});
const everyActor = known({ reader: 'OK', partner: 'OK', stranger: 'OK', suspended: 'OK', operator: 'OK', administrator: 'OK' });
const anyone = (outcome: AccessOutcome): Readonly<Record<Caller, AccessOutcome>> => ({
  ...everyActor,
  ...Object.fromEntries(CALLERS.map((caller) => [caller, outcome])),
});
/** Of a resource whose agency alone changes it, also while it is not active: a suspended stranger is still a stranger. */
const ownWhileInactive = known({ administrator: 'OK', suspended: 'PERMISSION_DENIED' });

const RELIEF = 'agencies/relief';
const APPLICANT = { name: 'agencies/applicant', expectedVersion: 0n };
const REASON = 'the table says so';
const page = { pageSize: 0, pageToken: '' };
const day = (n: number): Date => new Date(Date.now() + n * 86_400_000);

const newAgency = (id: string): NewAgency => ({
  agencyId: id,
  displayName: id,
  kind: AgencyKind.AGENCY_KIND_NGO,
  country: '',
  memberStates: [],
  areas: [],
  firstActor: { actorId: 'admin', roles: [Role.ROLE_ADMINISTRATOR], secret: secretOf(`agencies/${id}/actors/admin`) },
});

const table: AccessTable<typeof RegistryServiceService, Caller> = {
  found: {
    request: () => ({
      bootstrapSecret: BOOTSTRAP_SECRET,
      operator: { actorId: 'ops', roles: [Role.ROLE_OPERATOR], secret: secretOf('another operator') },
      agencies: [newAgency('one'), newAgency('two')],
    }),
    outcomes: anyone('ALREADY_FOUNDED'),
  },
  issueToken: {
    request: () => ({ actor: `${RELIEF}/actors/reader`, secret: secretOf(`${RELIEF}/actors/reader`) }),
    outcomes: anyone('OK'),
  },
  applyAgency: {
    request: (caller) => ({ agency: newAgency(`by-${caller}`) }),
    outcomes: known({ administrator: 'OK', partner: 'OK', stranger: 'OK', operator: 'OK' }),
  },
  endorseAgency: { request: () => APPLICANT, outcomes: known({ administrator: 'OK', partner: 'OK', stranger: 'OK' }) },
  verifyAgency: { request: () => APPLICANT, outcomes: known({ operator: 'OK' }) },
  activateAgency: { request: () => APPLICANT, outcomes: known({ operator: 'OK' }) },
  suspendAgency: { request: () => ({ ...APPLICANT, reason: REASON }), outcomes: known({ operator: 'OK' }) },
  resumeAgency: { request: () => APPLICANT, outcomes: known({ operator: 'OK' }) },
  withdrawAgency: {
    request: () => ({ ...APPLICANT, reason: REASON }),
    outcomes: known({ operator: 'OK', suspended: 'PERMISSION_DENIED' }),
  },
  getAgency: { request: () => ({ name: RELIEF }), outcomes: everyActor },
  listAgencies: { request: () => page, outcomes: everyActor },
  addSigningKey: {
    request: (caller) => ({
      agency: RELIEF,
      signingKey: {
        keyId: `by-${caller}`,
        publicKey: Buffer.from(generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
        validFrom: day(0),
        validUntil: day(1),
        revokeTime: undefined,
      },
    }),
    outcomes: known({ administrator: 'OK' }),
  },
  revokeSigningKey: { request: () => ({ agency: RELIEF, keyId: 'by-administrator' }), outcomes: ownWhileInactive },
  addActor: {
    request: (caller) => ({ agency: RELIEF, actor: { actorId: `by-${caller}`, roles: [Role.ROLE_READER], secret: secretOf(caller) } }),
    outcomes: known({ administrator: 'OK' }),
  },
  setActorRoles: {
    request: () => ({ name: `${RELIEF}/actors/spare`, roles: [Role.ROLE_READER], expectedVersion: 0n }),
    outcomes: known({ administrator: 'OK' }),
  },
  retireActor: { request: () => ({ name: `${RELIEF}/actors/spare` }), outcomes: ownWhileInactive },
  setActorSecret: {
    request: (caller) => ({ name: `${RELIEF}/actors/reader`, secret: secretOf(caller) }),
    outcomes: known({ administrator: 'OK', reader: 'OK', suspended: 'PERMISSION_DENIED' }),
  },
  listActors: { request: () => ({ agency: RELIEF, ...page }), outcomes: ownWhileInactive },
  setFocalPoint: {
    request: () => ({
      focalPoint: {
        name: `${RELIEF}/focalPoints/rescue`,
        version: 0n,
        theme: 'rescue',
        area: 'ITA',
        holder: `${RELIEF}/actors/reader`,
        deputies: [],
        validFrom: day(0),
        validUntil: day(1),
        absentUntil: undefined,
      },
    }),
    outcomes: known({ administrator: 'OK' }),
  },
  listFocalPoints: { request: () => ({ agency: RELIEF, ...page }), outcomes: everyActor },
  draftAgreement: {
    request: (caller) => ({
      agreementId: `by-${caller}`,
      agreement: {
        name: '',
        version: 0n,
        title: 'Drafted',
        template: 'bilateral-exchange',
        parties: [RELIEF, 'agencies/harbour'],
        group: '',
        clauses: [permission()],
        effectiveTime: day(0),
        expireTime: day(1),
        state: 0,
        signatures: [],
        endedBy: '',
      },
    }),
    outcomes: known({ administrator: 'OK', partner: 'OK' }),
  },
  signAgreement: {
    request: () => ({ name: 'agreements/pact', keyId: 'first', signature: Buffer.alloc(64) }),
    outcomes: known({ administrator: 'STATE_FORBIDS', partner: 'STATE_FORBIDS', stranger: 'NOT_FOUND' }),
  },
  suspendAgreement: {
    request: () => ({ name: 'agreements/pact', expectedVersion: 0n, reason: REASON }),
    // The partner comes first.
    outcomes: known({ partner: 'OK', administrator: 'STATE_FORBIDS', stranger: 'NOT_FOUND', suspended: 'NOT_FOUND' }),
  },
  resumeAgreement: {
    request: () => ({ name: 'agreements/suspended-pact', expectedVersion: 0n }),
    // The party that suspended it is the administrator's.
    outcomes: known({ administrator: 'OK', stranger: 'NOT_FOUND' }),
  },
  terminateAgreement: {
    request: () => ({ name: 'agreements/pact', expectedVersion: 0n, reason: REASON }),
    outcomes: known({ partner: 'OK', administrator: 'STATE_FORBIDS', stranger: 'NOT_FOUND', suspended: 'NOT_FOUND' }),
  },
  getAgreement: {
    request: () => ({ name: 'agreements/pact' }),
    outcomes: known({ administrator: 'OK', reader: 'OK', partner: 'OK', operator: 'OK', stranger: 'NOT_FOUND', suspended: 'NOT_FOUND' }),
  },
  listAgreements: { request: () => page, outcomes: everyActor },
  createGroup: {
    request: (caller) => ({ groupId: `by-${caller}`, displayName: 'Created' }),
    outcomes: known({ administrator: 'OK', partner: 'OK', stranger: 'OK' }),
  },
  addGroupMember: {
    request: () => ({ name: 'groups/force', member: 'agencies/newcomer', expectedVersion: 0n }),
    outcomes: known({ administrator: 'OK', stranger: 'NOT_FOUND' }),
  },
  removeGroupMember: {
    request: () => ({ name: 'groups/force', member: 'agencies/newcomer', expectedVersion: 0n }),
    outcomes: known({ administrator: 'OK', stranger: 'NOT_FOUND', suspended: 'NOT_FOUND' }),
  },
  getGroup: {
    request: () => ({ name: 'groups/force' }),
    outcomes: known({ administrator: 'OK', reader: 'OK', partner: 'OK', operator: 'OK', stranger: 'NOT_FOUND', suspended: 'NOT_FOUND' }),
  },
  listGroups: { request: () => page, outcomes: everyActor },
};

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let served: ServedRegistry;
let tokens: Readonly<Record<Caller, string | undefined>>;

beforeAll(async () => {
  folder = await temporaryFolder();
  served = await serveRegistry(folder.path);
  const { client, tokenKey } = served;
  const node = await TestNode.found(client, BOOTSTRAP_SECRET, [{ id: 'relief' }, { id: 'harbour' }]);
  const relief = node.agency('relief');
  const harbour = node.agency('harbour');
  const [lookout, beacon] = await node.enter({ id: 'lookout' }, { id: 'beacon' }, { id: 'newcomer' });
  const reader = await node.actor(relief, 'reader', Role.ROLE_READER);
  const retired = await node.actor(relief, 'gone', Role.ROLE_ADMINISTRATOR);
  await node.actor(relief, 'spare', Role.ROLE_READER);
  await unary(client, RegistryServiceService.retireActor, { name: retired.name }, relief.administrator);
  await node.agree({ id: 'pact', parties: [relief, harbour] });
  await node.agree({ id: 'suspended-pact', parties: [relief, harbour] });
  const suspension = { name: 'agreements/suspended-pact', expectedVersion: 0n, reason: REASON };
  await unary(client, RegistryServiceService.suspendAgreement, suspension, relief.administrator);
  await node.group('force', relief, harbour);
  await unary(client, RegistryServiceService.applyAgency, { agency: newAgency('applicant') }, relief.administrator);
  await unary(client, RegistryServiceService.suspendAgency, { name: 'agencies/beacon', expectedVersion: 0n, reason: REASON }, node.operator);
  tokens = {
    nobody: undefined,
    expired: await tokenOf(tokenKey, Date.now() - 7_200_000),
    forged: await tokenOf({ ...tokenKey, ...generateKeyPairSync('ed25519') } as unknown as SigningKeyPair),
    retired: retired.token,
    reader: reader.token,
    partner: harbour.administrator.token,
    stranger: lookout?.administrator.token,
    suspended: beacon?.administrator.token,
    operator: node.operator.token,
    administrator: relief.administrator.token,
  };
}, 60_000);
afterAll(async () => {
  await served.stop();
  await folder.remove();
});

/** A token of the administrator, issued at a time. */
const tokenOf = async (key: SigningKeyPair, at = systemClock.now()): Promise<string> => {
  const options = { clock: new ManualClock(at), lifetimeMs: 3_600_000, id: newUuid() };
  return (await issueToken(key, { agency: agencyId('relief'), actor: actorId('admin') }, options)).token;
};

describe('who may call what', () => {
  it.each(accessCases(RegistryServiceService, CALLERS, table))('$rpc as $caller: $expected', async ({ caller, expected, call }) => {
    expect(await call(served.address, tokens[caller])).toBe(expected);
  });
});
