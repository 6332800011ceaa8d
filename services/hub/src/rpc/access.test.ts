import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Category, Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { HubServiceService, type SharingConsent } from '@corridor/contracts/hub/v1/hub';
import { actorId, agencyId, ManualClock, newUuid, systemClock } from '@corridor/kernel';
import type { Role } from '@corridor/policy';
import { ed25519PublicKey, GrpcHost, issueToken, type SigningKeyPair, TokenVerifier } from '@corridor/runtime';
import { accessCases, type AccessOutcome, type AccessTable } from '@corridor/runtime/testing';
import { actor, agency, movement, openHub, person, request, sharing, temporaryFolder, type TestHub, WatchedClock } from '../hub.testing.ts';

/** `alpha` owns what everything is about, `beta` receives it, `stranger` does not, `beacon` is suspended. */
const CALLERS = ['nobody', 'forged', 'expired', 'retired', 'reader', 'publisher', 'officer', 'administrator', 'partner', 'stranger', 'suspended', 'operator'] as const;
type Caller = (typeof CALLERS)[number];
const UNKNOWN = { nobody: 'UNAUTHENTICATED', forged: 'UNAUTHENTICATED', expired: 'UNAUTHENTICATED', retired: 'UNAUTHENTICATED' } as const;

/** What those get whom the host lets in; all others are refused for their role. */
const known = (outcomes: Partial<Record<Caller, AccessOutcome>>): Readonly<Record<Caller, AccessOutcome>> => ({
  ...UNKNOWN,
  reader: 'PERMISSION_DENIED',
  publisher: 'PERMISSION_DENIED',
  officer: 'PERMISSION_DENIED',
  administrator: 'PERMISSION_DENIED',
  partner: 'PERMISSION_DENIED',
  stranger: 'PERMISSION_DENIED',
  suspended: 'AGENCY_NOT_ACTIVE',
  operator: 'PERMISSION_DENIED',
  ...outcomes,
});
/** `partner` and `stranger` have every role in their own agencies. */
const everyone = known({ reader: 'OK', publisher: 'OK', officer: 'OK', administrator: 'OK', partner: 'OK', stranger: 'OK', operator: 'OK' });

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let hub: TestHub;
let host: GrpcHost;
let address = '';
let cursor = Buffer.alloc(0);
const shared = movement();
const tokens: Partial<Record<Caller, string>> = {};
const ALPHA = 'agencies/alpha';
const purpose = Purpose.PURPOSE_PLANNING;
const page = { pageSize: 0, pageToken: '' };
const terms: SharingConsent = {
  name: '',
  version: 0n,
  recipient: 'agencies/beta',
  categories: [Category.CATEGORY_MOVEMENT],
  purposes: [purpose],
  expireTime: new Date(Date.UTC(2099, 0, 1)),
  revokeTime: undefined,
};
let grants = 0;

const table: AccessTable<typeof HubServiceService, Caller> = {
  publish: { request: () => request('alpha', [movement()]), outcomes: known({ publisher: 'OK' }) },
  // The stream itself is open to every publisher; each message is judged by itself.
  publishStream: {
    request: () => ({ sequence: 1n, publish: request('alpha', [movement()]) }),
    outcomes: known({ publisher: 'OK', partner: 'OK', stranger: 'OK' }),
  },
  subscribe: {
    request: () => ({ purpose, filter: undefined, cursor: Buffer.alloc(0), from: 2 }),
    outcomes: known({ reader: 'OK', partner: 'OK', stranger: 'OK' }),
  },
  acknowledgeDelivery: {
    request: () => ({ purpose, filter: undefined, cursor }),
    outcomes: known({ reader: 'CURSOR_INVALID', partner: 'OK', stranger: 'CURSOR_INVALID' }),
  },
  getUpdate: {
    request: () => ({ name: `${ALPHA}/series/arrivals/updates/${shared.updateId}`, purpose }),
    outcomes: known({ reader: 'OK', partner: 'OK', stranger: 'NOT_FOUND' }),
  },
  listUpdates: { request: () => ({ purpose, filter: undefined, ...page }), outcomes: known({ reader: 'OK', partner: 'OK', stranger: 'OK' }) },
  previewUpdates: { request: () => ({ publish: request('alpha', [movement()]) }), outcomes: known({ publisher: 'OK' }) },
  grantConsent: {
    request: () => ({ parent: ALPHA, consentId: `c${(grants += 1)}`, consent: terms }),
    outcomes: known({ officer: 'OK' }),
  },
  // Whose consent it is not, for him there is none.
  revokeConsent: {
    request: () => ({ name: `${ALPHA}/consents/to-revoke`, expectedVersion: 0n }),
    outcomes: known({ officer: 'OK', partner: 'NOT_FOUND', stranger: 'NOT_FOUND' }),
  },
  getConsent: {
    request: () => ({ name: `${ALPHA}/consents/to-read` }),
    outcomes: known({ reader: 'OK', publisher: 'OK', officer: 'OK', administrator: 'OK', partner: 'OK', stranger: 'NOT_FOUND', operator: 'NOT_FOUND' }),
  },
  listConsents: { request: () => ({ parent: ALPHA, ...page }), outcomes: known({ publisher: 'OK', officer: 'OK', administrator: 'OK' }) },
  openPartnerTopic: { request: () => ({ parent: ALPHA, purpose, filter: undefined }), outcomes: known({ administrator: 'OK' }) },
  // Whose topic it is not, for him there is none.
  getPartnerTopic: {
    request: () => ({ name: `${ALPHA}/partnerTopic` }),
    outcomes: known({ administrator: 'OK', partner: 'NOT_FOUND', stranger: 'NOT_FOUND', suspended: 'NOT_FOUND' }),
  },
  // Over SQLite there is nothing outside to read it from.
  issuePartnerTopicCredential: {
    request: () => ({ name: `${ALPHA}/partnerTopic` }),
    outcomes: known({ administrator: 'STATE_FORBIDS', partner: 'NOT_FOUND', stranger: 'NOT_FOUND' }),
  },
  closePartnerTopic: {
    request: () => ({ name: `${ALPHA}/partnerTopic` }),
    outcomes: known({ administrator: 'OK', partner: 'NOT_FOUND', stranger: 'NOT_FOUND', suspended: 'NOT_FOUND' }),
  },
  eraseSeries: { request: () => ({ series: `${ALPHA}/series/none`, retentionMonth: '' }), outcomes: known({ officer: 'OK' }) },
  listAccess: { request: () => ({ parent: ALPHA, ...page }), outcomes: known({ officer: 'OK', administrator: 'OK' }) },
  listPlaces: { request: () => ({ query: 'ita', ...page }), outcomes: everyone },
};

/** The machine's clock, so that deadlines and confirmations pass by themselves. */
class RealClock extends WatchedClock {
  override now(): number {
    return systemClock.now();
  }
  override monotonic(): number {
    return systemClock.monotonic();
  }
  override wait(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.wait(ms, signal);
  }
}

beforeAll(async () => {
  folder = await temporaryFolder();
  const signing: { key?: SigningKeyPair } = {};
  const clock = new RealClock(0);
  hub = await openHub(folder.path, {
    clock,
    rpc: (ports) => {
      const verifier = new TokenVerifier({ tokenKey: () => (signing.key === undefined ? undefined : ed25519PublicKey(signing.key.publicKey)) }, clock);
      host = new GrpcHost({ listener: { host: '127.0.0.1', port: 0 }, tokens: verifier, ...ports });
      return host;
    },
  });
  const key = await hub.keys.signing('tokens');
  signing.key = key;
  const alpha = (id: string, ...roles: readonly Role[]) => actor('alpha', id, { roles });
  await hub.know(
    ...sharing('alpha', ['beta']),
    alpha('reader', 'reader'),
    alpha('publisher', 'publisher'),
    alpha('officer', 'data-protection-officer'),
    alpha('admin', 'administrator'),
    actor('alpha', 'retired', { retired: true }),
    agency('stranger'),
    actor('stranger'),
    agency('beacon', { state: 'suspended' }),
    actor('beacon'),
    actor('operator', 'ops', { roles: ['operator'] }),
  );
  address = `127.0.0.1:${await host.start()}`;
  const token = async (signer: SigningKeyPair, agencyName: string, actorName: string, at = Date.now()): Promise<string> => {
    const options = { clock: new ManualClock(at), lifetimeMs: 600_000, id: newUuid() };
    return (await issueToken(signer, { agency: agencyId(agencyName), actor: actorId(actorName) }, options)).token;
  };
  tokens.forged = await token(await hub.keys.signing('other'), 'alpha', 'officer');
  tokens.expired = await token(key, 'alpha', 'officer', Date.now() - 3_600_000);
  tokens.retired = await token(key, 'alpha', 'retired');
  tokens.reader = await token(key, 'alpha', 'reader');
  tokens.publisher = await token(key, 'alpha', 'publisher');
  tokens.officer = await token(key, 'alpha', 'officer');
  tokens.administrator = await token(key, 'alpha', 'admin');
  tokens.partner = await token(key, 'beta', 'staff-1');
  tokens.stranger = await token(key, 'stranger', 'staff-1');
  tokens.suspended = await token(key, 'beacon', 'staff-1');
  tokens.operator = await token(key, 'operator', 'ops');
  await hub.publish(request('alpha', [shared]));
  for (const consentId of ['to-revoke', 'to-read']) await hub.call('grantConsent', { parent: ALPHA, consentId, consent: terms }, person('alpha', 'officer'));
  const subscriber = hub.subscribe(person('beta'));
  while (subscriber.cursors.length === 0) await systemClock.wait(20);
  cursor = Buffer.from(subscriber.cursors[0] ?? []);
  await subscriber.stop();
}, 30_000);
afterAll(async () => {
  await host.stop();
  await hub.close();
  await folder.remove();
});

describe('who may call what', () => {
  it.each(accessCases(HubServiceService, CALLERS, table))('$rpc as $caller: $expected', async ({ caller, expected, call }) => {
    expect(await call(address, tokens[caller])).toBe(expected);
  });
});
