import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AlertsServiceService } from '@corridor/contracts/alerts/v1/alerts';
import { CapStatus } from '@corridor/contracts/alerts/v1/cap';
import { Category } from '@corridor/contracts/common/v1/vocabulary';
import { actorId, agencyId, ManualClock, newUuid, systemClock } from '@corridor/kernel';
import type { Role } from '@corridor/policy';
import { ed25519PublicKey, GrpcHost, issueToken, TokenVerifier, type SigningKeyPair } from '@corridor/runtime';
import { accessCases, type AccessOutcome, type AccessTable } from '@corridor/runtime/testing';
import {
  activate,
  actor,
  agency,
  APPROVER,
  AUTHOR,
  focalPoint,
  handling,
  listed,
  month,
  openAlerts,
  OWN,
  person,
  ROUTE,
  rule,
  temporaryFolder,
  UNINFORMED,
  WARNED,
  world,
  type TestAlerts,
} from '../alerts.testing.ts';

/**
 * `reader`, `publisher`, `approver` and `administrator` are of the early-warning agency; `partner` may have what it is
 * warned by, `uninformed` may not, both with every role; `officer` of the partner answers for its focal point and has no
 * other role; `suspended` is of an agency that is.
 */
const CALLERS = [
  'nobody',
  'forged',
  'expired',
  'retired',
  'reader',
  'publisher',
  'approver',
  'administrator',
  'partner',
  'officer',
  'uninformed',
  'suspended',
  'operator',
] as const;
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
  partner: 'PERMISSION_DENIED',
  officer: 'PERMISSION_DENIED',
  uninformed: 'PERMISSION_DENIED',
  suspended: 'AGENCY_NOT_ACTIVE',
  operator: 'PERMISSION_DENIED',
  ...outcomes,
});
const publishers = known({ publisher: 'OK' });
const approvers = known({ approver: 'OK' });
const both = known({ publisher: 'OK', approver: 'OK' });

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let alerts: TestAlerts;
let host: GrpcHost;
let address = '';
let alertName = '';
const tokens: Partial<Record<Caller, string>> = {};
const expectedVersion = 0n;
const reason = 'because';
const page = { pageSize: 0, pageToken: '' };
let ids = 0;

/** A new rule as far along as asked. */
async function ruleIn(state: 'draft' | 'backtested' | 'active' | 'paused'): Promise<string> {
  const id = `rule-${(ids += 1)}`;
  const name = `rules/${id}`;
  await alerts.call('createRule', { ruleId: id, rule: rule() }, AUTHOR);
  if (state === 'draft') return name;
  await alerts.call('backtestRule', { name, expectedVersion, start: undefined, end: undefined, events: [], toleranceSeconds: 0 }, AUTHOR);
  if (state === 'backtested') return name;
  await alerts.call('activateRule', { name, expectedVersion, evaluateHistory: false }, APPROVER);
  if (state === 'paused') await alerts.call('pauseRule', { name, expectedVersion, reason }, APPROVER);
  return name;
}
const infos = () => [
  {
    language: 'en',
    category: 5,
    event: 'Storm',
    urgency: 2,
    severity: 2,
    certainty: 2,
    onset: new Date(Math.floor(Date.now() / 1000) * 1000),
    expires: new Date(Math.floor(Date.now() / 1000) * 1000 + 3_600_000),
    headline: 'A storm',
    description: '',
    instruction: '',
    areas: [{ areaDescription: 'Sea', place: ROUTE }],
  } as const,
];
const draft = () => ({
  alertId: newUuid(),
  hazard: 'storm',
  area: ROUTE,
  category: Category.CATEGORY_MOVEMENT,
  handling: handling(),
  status: CapStatus.CAP_STATUS_ACTUAL,
  note: '',
  infos: infos(),
  acknowledgement: undefined,
});
async function alertIn(state: 'draft' | 'open'): Promise<string> {
  const name = (await alerts.call('draftAlert', draft(), AUTHOR)).alert?.name ?? '';
  if (state === 'open') await alerts.call('approveAlert', { name, expectedVersion }, APPROVER);
  return name;
}

const table: AccessTable<typeof AlertsServiceService, Caller> = {
  createRule: { request: () => ({ ruleId: `rule-${(ids += 1)}`, rule: rule() }), outcomes: publishers },
  updateRule: { request: async () => ({ rule: { ...rule(), name: await ruleIn('draft') }, expectedVersion }), outcomes: publishers },
  backtestRule: {
    request: async () => ({ name: await ruleIn('draft'), expectedVersion, start: undefined, end: undefined, events: [], toleranceSeconds: 0 }),
    outcomes: both,
  },
  activateRule: { request: async () => ({ name: await ruleIn('backtested'), expectedVersion, evaluateHistory: false }), outcomes: approvers },
  pauseRule: { request: async () => ({ name: await ruleIn('active'), expectedVersion, reason }), outcomes: both },
  resumeRule: { request: async () => ({ name: await ruleIn('paused'), expectedVersion, reason }), outcomes: approvers },
  retireRule: { request: async () => ({ name: await ruleIn('active'), expectedVersion, reason }), outcomes: both },
  getRule: { request: () => ({ name: 'rules/surge' }), outcomes: known({ reader: 'OK', publisher: 'OK', approver: 'OK', administrator: 'OK' }) },
  listRules: { request: () => page, outcomes: known({ reader: 'OK', publisher: 'OK', approver: 'OK', administrator: 'OK' }) },
  draftAlert: { request: draft, outcomes: publishers },
  approveAlert: { request: async () => ({ name: await alertIn('draft'), expectedVersion }), outcomes: approvers },
  updateAlert: { request: async () => ({ name: await alertIn('open'), expectedVersion, infos: infos() }), outcomes: approvers },
  cancelAlert: { request: async () => ({ name: await alertIn('open'), expectedVersion, reason }), outcomes: approvers },
  getAlert: { request: () => ({ name: alertName }), outcomes: known({ reader: 'OK', partner: 'OK', uninformed: 'NOT_FOUND' }) },
  listAlerts: {
    request: () => ({ filter: undefined, states: [], unacknowledged: false, ...page }),
    outcomes: known({ reader: 'OK', partner: 'OK', uninformed: 'OK' }),
  },
  // Whose duty it is not is told so; whose agency may not have the alert is told nothing of it.
  acknowledgeAlert: {
    request: (caller) => ({ name: alertName, focalPoint: `agencies/${caller === 'uninformed' ? UNINFORMED : WARNED}/focalPoints/desk`, note: '' }),
    outcomes: known({ officer: 'OK', uninformed: 'NOT_FOUND' }),
  },
  subscribeAlerts: {
    request: () => ({ filter: undefined, cursor: Buffer.alloc(0), from: 2 }),
    outcomes: known({ reader: 'OK', partner: 'OK', uninformed: 'OK' }),
  },
  setAlertTopics: {
    request: () => ({ parent: `agencies/${WARNED}`, filter: { topics: ['*/*/*'], statuses: [] } }),
    outcomes: known({ partner: 'OK' }),
  },
  getAlertTopics: { request: () => ({ parent: `agencies/${WARNED}` }), outcomes: known({ partner: 'OK' }) },
};

beforeAll(async () => {
  folder = await temporaryFolder();
  const signing: { key?: SigningKeyPair } = {};
  alerts = await openAlerts(folder.path, {
    clock: systemClock,
    rpc: (ports) => {
      const verifier = new TokenVerifier({ tokenKey: () => (signing.key === undefined ? undefined : ed25519PublicKey(signing.key.publicKey)) }, systemClock);
      host = new GrpcHost({ listener: { host: '127.0.0.1', port: 0 }, tokens: verifier, ...ports });
      return host;
    },
  });
  const key = await alerts.keys.signing('tokens');
  signing.key = key;
  const own = (id: string, role: Role) => actor(OWN, id, { roles: [role] });
  await alerts.know(
    ...world(),
    own('reading', 'reader'),
    own('publishing', 'publisher'),
    own('approving', 'approver'),
    own('administering', 'administrator'),
    actor(OWN, 'retired', { retired: true }),
    actor(WARNED, 'staff-9', { roles: [] }),
    focalPoint(WARNED, { holder: actorId('staff-9') }),
    agency('anchor', { state: 'suspended' }),
    actor('anchor'),
    actor('operator', 'ops', { roles: ['operator'] }),
  );
  await alerts.store.log.partnerTopics.provision(agencyId(WARNED));
  await activate(alerts, 'surge', { acknowledgement: { theme: 'rescue', deadlineSeconds: 3600, escalationSeconds: 3600 } });
  await alerts.deliver([month(0, 900)]);
  await alerts.settled();
  alertName = (await listed(alerts, person(WARNED)))[0]?.name ?? expect.fail('no alert was raised');
  address = `127.0.0.1:${await host.start()}`;
  const token = async (signer: SigningKeyPair, agencyName: string, actorName: string, at = Date.now()): Promise<string> => {
    const options = { clock: new ManualClock(at), lifetimeMs: 600_000, id: newUuid() };
    return (await issueToken(signer, { agency: agencyId(agencyName), actor: actorId(actorName) }, options)).token;
  };
  tokens.forged = await token(await alerts.keys.signing('other'), OWN, 'approving');
  tokens.expired = await token(key, OWN, 'approving', Date.now() - 3_600_000);
  tokens.retired = await token(key, OWN, 'retired');
  tokens.reader = await token(key, OWN, 'reading');
  tokens.publisher = await token(key, OWN, 'publishing');
  tokens.approver = await token(key, OWN, 'approving');
  tokens.administrator = await token(key, OWN, 'administering');
  tokens.partner = await token(key, WARNED, 'staff-1');
  tokens.officer = await token(key, WARNED, 'staff-9');
  tokens.uninformed = await token(key, UNINFORMED, 'staff-1');
  tokens.suspended = await token(key, 'anchor', 'staff-1');
  tokens.operator = await token(key, 'operator', 'ops');
}, 30_000);
afterAll(async () => {
  await host.stop();
  await alerts.close();
  await folder.remove();
});

describe('who may call what', () => {
  it.each(accessCases(AlertsServiceService, CALLERS, table))('$rpc as $caller: $expected', async ({ caller, expected, call }) => {
    expect(await call(address, tokens[caller])).toBe(expected);
  });
});
