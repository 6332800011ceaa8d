import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FollowupServiceService } from '@corridor/contracts/followup/v1/followup';
import { actorId, agencyId, systemClock } from '@corridor/kernel';
import type { Role } from '@corridor/policy';
import { ed25519PublicKey, GrpcHost, handlingTo, issueToken, TokenVerifier, type SigningKeyPair } from '@corridor/runtime';
import { accessCases, type AccessOutcome, type AccessTable } from '@corridor/runtime/testing';
import {
  actor,
  adopt,
  agency,
  AUTHORITY,
  flow,
  handling,
  id,
  meet,
  openFollowup,
  page,
  person,
  proposed,
  RELIEF,
  report,
  SECRETARIAT,
  STRANGER,
  temporaryFolder,
  world,
  type TestFollowup,
} from '../followup.testing.ts';

/**
 * `reader`, `publisher` and `approver` are of the secretariat; `addressed` and `addressedReader` of an agency that is
 * addressed; `stranger` of one that may see nothing, with every role; `suspended` of an agency that is.
 */
const CALLERS = ['nobody', 'forged', 'expired', 'retired', 'reader', 'publisher', 'approver', 'administrator', 'addressed', 'addressedReader', 'stranger', 'suspended', 'operator'] as const;
type Caller = (typeof CALLERS)[number];

/** What those get whom the host lets in; all others are refused for their role or their agency. */
const known = (outcomes: Partial<Record<Caller, AccessOutcome>>): Readonly<Record<Caller, AccessOutcome>> => ({
  nobody: 'UNAUTHENTICATED',
  forged: 'UNAUTHENTICATED',
  expired: 'UNAUTHENTICATED',
  retired: 'UNAUTHENTICATED',
  reader: 'PERMISSION_DENIED',
  publisher: 'PERMISSION_DENIED',
  approver: 'PERMISSION_DENIED',
  administrator: 'PERMISSION_DENIED',
  addressed: 'PERMISSION_DENIED',
  addressedReader: 'PERMISSION_DENIED',
  stranger: 'PERMISSION_DENIED',
  suspended: 'AGENCY_NOT_ACTIVE',
  operator: 'PERMISSION_DENIED',
  ...outcomes,
});
const readable = known({ reader: 'OK', publisher: 'OK', approver: 'OK', addressed: 'OK', addressedReader: 'OK', stranger: 'NOT_FOUND' });
const lists = known({ reader: 'OK', publisher: 'OK', approver: 'OK', addressed: 'OK', addressedReader: 'OK', stranger: 'OK' });
/** Any actor may ask; whoever may see it and does not report for an addressed agency is told so. */
const reporters = known({ addressed: 'OK', stranger: 'NOT_FOUND', operator: 'NOT_FOUND' });
const ofSecretariat = known({ publisher: 'OK', stranger: 'NOT_FOUND' });

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let followup: TestFollowup;
let host: GrpcHost;
let address = '';
const tokens: Partial<Record<Caller, string>> = {};
const expectedVersion = 0n;
let ids = 100;
const next = (): number => (ids += 1);
const name = (n: number): string => `recommendations/${id(n)}`;

async function adopted(): Promise<string> {
  const n = next();
  await adopt(followup, proposed(n));
  return name(n);
}
async function reported(): Promise<{ readonly name: string; readonly reportId: string }> {
  const n = next();
  await adopt(followup, proposed(n));
  const reportNumber = next();
  await followup.call('reportProgress', report(n, reportNumber, 2), person(AUTHORITY));
  return { name: name(n), reportId: id(reportNumber) };
}
async function blocked(): Promise<{ readonly name: string; readonly obstacleId: string }> {
  const n = next();
  await adopt(followup, proposed(n));
  const obstacleId = id(next());
  await followup.call('openObstacle', { name: name(n), obstacleId, text: 'x', owner: `agencies/${SECRETARIAT}`, remedy: '', expectedVersion }, person(AUTHORITY));
  return { name: name(n), obstacleId };
}
const meeting = () => ({ name: '', version: 0n, title: 'Meeting', meetingTime: new Date(), secretariat: '', group: '', handling: handlingTo(handling()) });
const plan = (caller: Caller) => ({
  name: `agencies/${caller === 'stranger' ? STRANGER : caller.startsWith('addressed') ? AUTHORITY : SECRETARIAT}/plans/plan-1`,
  version: 0n,
  title: 'Plan',
  recommendations: [name(1)],
  milestones: [{ milestoneId: 'm-1', text: 'x', dueTime: new Date(), reachTime: undefined, timeliness: 0 as const }],
  indicators: [],
  handling: handlingTo(handling()),
  area: 'ITA',
});

const table: AccessTable<typeof FollowupServiceService, Caller> = {
  createMeeting: { request: () => ({ meetingId: `meeting-${next()}`, meeting: meeting() }), outcomes: known({ publisher: 'OK', addressed: 'OK', stranger: 'OK' }) },
  getMeeting: { request: () => ({ name: 'meetings/forum' }), outcomes: readable },
  listMeetings: { request: () => page, outcomes: lists },
  adoptRecommendations: { request: () => ({ meeting: 'meetings/forum', recommendations: [proposed(next())], validateOnly: false }), outcomes: ofSecretariat },
  setPosition: { request: () => ({ name: name(1), position: 1, text: '', expectedVersion }), outcomes: known({ addressed: 'OK', stranger: 'NOT_FOUND' }) },
  reportProgress: { request: async () => ({ ...report(1, next(), 2), name: await adopted() }), outcomes: reporters },
  verifyProgress: {
    request: async () => ({ ...(await reported()), verification: 2, text: '', expectedVersion }),
    outcomes: known({ approver: 'OK', addressed: 'FOUR_EYES', stranger: 'NOT_FOUND' }),
  },
  openObstacle: {
    request: async () => ({ name: await adopted(), obstacleId: id(next()), text: 'x', owner: `agencies/${SECRETARIAT}`, remedy: '', expectedVersion }),
    outcomes: reporters,
  },
  resolveObstacle: {
    request: async () => ({ ...(await blocked()), resolution: 'y', expectedVersion }),
    outcomes: known({ publisher: 'OK', addressed: 'OK', stranger: 'NOT_FOUND' }),
  },
  markDuplicate: { request: async () => ({ name: await adopted(), duplicateOf: name(1), expectedVersion }), outcomes: ofSecretariat },
  getRecommendation: { request: () => ({ name: name(1), asOf: undefined }), outcomes: readable },
  listRecommendations: { request: () => ({ filter: undefined, asOf: undefined, ...page }), outcomes: lists },
  getStatus: { request: () => ({ filter: undefined, asOf: undefined }), outcomes: lists },
  putPlan: { request: (caller) => ({ plan: plan(caller), expectedVersion }), outcomes: known({ publisher: 'OK', addressed: 'OK', stranger: 'NOT_FOUND' }) },
  getPlan: { request: () => ({ name: `agencies/${SECRETARIAT}/plans/first`, asOf: undefined }), outcomes: known({ reader: 'OK', publisher: 'OK', approver: 'OK', addressed: 'NOT_FOUND', addressedReader: 'NOT_FOUND', stranger: 'NOT_FOUND' }) },
  listPlans: { request: () => ({ parent: '', asOf: undefined, ...page }), outcomes: lists },
  recordContributions: {
    request: () => ({ contributions: [flow(`f-${next()}`)], validateOnly: false }),
    outcomes: known({ publisher: 'OK', addressed: 'OK', stranger: 'OK' }),
  },
  listContributions: { request: () => ({ filter: undefined, asOf: undefined, ...page }), outcomes: lists },
  sumContributions: { request: () => ({ filter: undefined, asOf: undefined }), outcomes: lists },
};

beforeAll(async () => {
  folder = await temporaryFolder();
  const signing: { key?: SigningKeyPair } = {};
  followup = await openFollowup(folder.path, {
    clock: systemClock,
    rpc: (ports) => {
      const verifier = new TokenVerifier({ tokenKey: () => (signing.key === undefined ? undefined : ed25519PublicKey(signing.key.publicKey)) }, systemClock);
      host = new GrpcHost({ listener: { host: '127.0.0.1', port: 0 }, tokens: verifier, ...ports });
      return host;
    },
  });
  const key = await followup.keys.signing('tokens');
  signing.key = key;
  const of = (agencyOf: string, id: string, ...roles: readonly Role[]) => actor(agencyOf, id, { roles });
  await followup.know(
    ...world(),
    of(SECRETARIAT, 'reading', 'reader'),
    of(SECRETARIAT, 'publishing', 'publisher'),
    of(SECRETARIAT, 'approving', 'approver'),
    of(SECRETARIAT, 'administering', 'administrator'),
    of(AUTHORITY, 'reading', 'reader'),
    actor(SECRETARIAT, 'retired', { retired: true }),
    agency('anchor', { state: 'suspended' }),
    actor('anchor'),
    actor('operator', 'ops', { roles: ['operator'] }),
  );
  await meet(followup);
  await adopt(followup, proposed(1, { addressees: [`agencies/${AUTHORITY}`, `agencies/${RELIEF}`] }));
  await followup.call('putPlan', { plan: { ...plan('publisher'), name: `agencies/${SECRETARIAT}/plans/first` }, expectedVersion }, person(SECRETARIAT));
  address = `127.0.0.1:${await host.start()}`;
  const token = async (agencyOf: string, id: string, lifetimeMs = 3_600_000, clock: { now(): number } = systemClock) =>
    (await issueToken(key, { agency: agencyId(agencyOf), actor: actorId(id) }, { clock: { ...systemClock, ...clock }, lifetimeMs, id: `${agencyOf}-${id}` })).token;
  Object.assign(tokens, {
    forged: `${(await token(SECRETARIAT, 'publishing')).slice(0, -4)}AAAA`,
    expired: await token(SECRETARIAT, 'publishing', 1000, { now: () => Date.now() - 10_000 }),
    retired: await token(SECRETARIAT, 'retired'),
    reader: await token(SECRETARIAT, 'reading'),
    publisher: await token(SECRETARIAT, 'publishing'),
    approver: await token(SECRETARIAT, 'approving'),
    administrator: await token(SECRETARIAT, 'administering'),
    addressed: await token(AUTHORITY, 'staff-1'),
    addressedReader: await token(AUTHORITY, 'reading'),
    stranger: await token(STRANGER, 'staff-1'),
    suspended: await token('anchor', 'staff-1'),
    operator: await token('operator', 'ops'),
  });
});
afterAll(async () => {
  await host.stop();
  await followup.close();
  await folder.remove();
});

describe('each RPC of follow-up answers each caller as it should', () => {
  it.each(accessCases(FollowupServiceService, CALLERS, table).map((one) => [one.rpc, one.caller, one.expected, one] as const))('%s to %s: %s', async (_rpc, caller, expected, one) => {
    expect(await one.call(address, tokens[caller])).toBe(expected);
  });
});
