import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { Metadata, Server, ServerCredentials, type ServiceError, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { HubServiceService } from '@corridor/contracts/hub/v1/hub';
import { type IssueTokenRequest, type IssueTokenResponse, RegistryServiceService } from '@corridor/contracts/registry/v1/registry';
import { actorId, agencyId, CorridorError, ManualClock } from '@corridor/kernel';
import { emptyPolicyState, type PolicyState, type Role } from '@corridor/policy';
import { type Demand, encodeStatus, issueToken, parseActorName, STATUS_TRAILER, statusOf, TokenVerifier } from '@corridor/runtime';
import { aeadOf, KnownPolicy } from '@corridor/runtime/testing';
import type { Condition } from '../node/condition.ts';
import { build, type Gateway, type GatewayConfig } from '../service.ts';
import { answerCheck } from './answer-check.ts';
import { Caller } from './caller.ts';

/** A gateway whose node is a stand-in: it issues real tokens, and answers what a test has it answer. */
export interface TestGateway {
  readonly gateway: Gateway;
  readonly clock: ManualClock;
  /** Somebody without a session; answers must be as the OpenAPI document says. */
  readonly anybody: Caller;
  /** Events that the gateway reported, each with its facts as text. */
  readonly reports: readonly string[];
  /** A program of an actor, with a token that lives so long. */
  program(actor?: string, lifetimeMs?: number): Promise<Caller>;
  /** The browser of an actor who has signed in. */
  browser(actor?: string): Promise<Caller>;
  /** Tells of a change of the policy state. */
  changePolicy(): void;
  lapsePolicy(): void;
  /** Another gateway over the same keys, as a replica or after a restart. */
  again(config?: Partial<GatewayConfig>): Promise<{ readonly gateway: Gateway; readonly anybody: Caller }>;
  stop(): Promise<void>;
}

export interface TestGatewayOptions extends Partial<GatewayConfig> {
  readonly hub?: UntypedServiceImplementation;
  readonly conditions?: () => readonly Condition[];
  readonly demandOf?: (rpc: string) => Demand | 'nothing' | undefined;
}

export const START = Date.UTC(2026, 0, 1);
export const HOUR_MS = 3_600_000;
export const SECRET = 'the secret of every actor';
export const READER = 'agencies/relief/actors/reader-1';
export const OPERATOR = 'agencies/operator/actors/ops';

const ACTORS: Readonly<Record<string, readonly Role[]>> = { [READER]: ['reader'], 'agencies/relief/actors/reader-2': ['reader'], [OPERATOR]: ['operator'] };

const everyReader = (rpc: string): Demand => ({ roles: rpc.endsWith('/Publish') ? ['publisher'] : ['reader'] });

export async function startGateway({ hub = {}, conditions = () => [], demandOf = everyReader, ...config }: TestGatewayOptions = {}): Promise<TestGateway> {
  const clock = new ManualClock(START);
  const aead = aeadOf(7);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const signing = { keyId: 'tokens-1', privateKey, publicKey: new Uint8Array() };
  const tokens = new TokenVerifier({ tokenKey: (id) => (id === signing.keyId ? publicKey : undefined) }, clock);
  const tokenFor = (actor: string, lifetimeMs = HOUR_MS) => issueToken(signing, parseActorName(actor, 'actor'), { clock, lifetimeMs, id: actor });
  const policy = new KnownPolicy(policyState());
  const server = new Server();
  server.addService(HubServiceService, hub);
  server.addService(RegistryServiceService, {
    issueToken: (call: { readonly request: IssueTokenRequest }, answer: (error: ServiceError | null, response?: IssueTokenResponse) => void) => {
      const { actor, secret } = call.request;
      if (secret !== SECRET || ACTORS[actor] === undefined) return answer(refusal(new CorridorError('UNAUTHENTICATED', 'there is no such actor with this secret')));
      void tokenFor(actor).then(({ token, expiresAt }) => answer(null, { token, expireTime: new Date(expiresAt) }));
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
  const reports: string[] = [];
  const started: Gateway[] = [];
  const start = async (changed: Partial<GatewayConfig>): Promise<{ readonly gateway: Gateway; readonly anybody: Caller }> => {
    const gateway = await build(
      { listener: { host: '127.0.0.1', port: 0 }, consoleFolder: join(import.meta.dirname, 'no-console'), ...config, ...changed },
      {
        node: () => ({ address: `127.0.0.1:${port}`, tls: false }),
        demandOf,
        tokens,
        keys: { aead: () => Promise.resolve(aead) },
        policy,
        conditions,
        clock,
        report: (_level, event, facts) => void reports.push(`${event} ${JSON.stringify(facts)}`),
      },
    );
    started.push(gateway);
    await gateway.start();
    const url = `http://127.0.0.1:${gateway.port() ?? 0}`;
    const { json } = await new Caller(url).ask('/api/v1/openapi.json');
    if (typeof json !== 'object' || json === null) throw new Error('the gateway has no document');
    return { gateway, anybody: new Caller(url, answerCheck(json).answer) };
  };
  const { gateway, anybody } = await start({});
  return {
    gateway,
    clock,
    anybody,
    reports,
    program: async (actor = READER, lifetimeMs = HOUR_MS) => anybody.with({ authorization: `Bearer ${(await tokenFor(actor, lifetimeMs)).token}` }),
    browser: async (actor = READER) => {
      const { headers } = await anybody.ask('/api/v1/session', { method: 'POST', body: { actor, secret: SECRET } });
      return anybody.with({ cookie: cookieIn(headers), 'sec-fetch-site': 'same-origin' });
    },
    changePolicy: () => policy.change(),
    lapsePolicy: () => policy.lapse(),
    again: (changed = {}) => start(changed),
    stop: async () => {
      for (const each of started) await each.stop();
      server.forceShutdown();
    },
  };
}

/** The cookie that an answer gives, as it is sent back. */
export const cookieIn = (headers: { readonly 'set-cookie'?: readonly string[] | undefined }): string => headers['set-cookie']?.[0]?.split(';')[0] ?? '';

/** An error as the node sends it. */
export function refusal(error: CorridorError): ServiceError {
  const status = statusOf(error);
  const metadata = new Metadata();
  metadata.set(STATUS_TRAILER, Buffer.from(encodeStatus(status)));
  return Object.assign(new Error(status.message), { code: status.code, details: status.message, metadata });
}

function policyState(): PolicyState {
  const agencies = new Map([['relief', { id: agencyId('relief'), version: 1, kind: 'ngo', state: 'active', memberStates: [] }]] as const);
  const actors = Object.entries(ACTORS).map(([name, roles]) => {
    const { agency, actor } = parseActorName(name, 'actor');
    return [`${agency}/${actor}`, { agency: agencyId(agency), actor: actorId(actor), version: 1, roles, retired: false }] as const;
  });
  return { ...emptyPolicyState, agencies: new Map([...agencies].map(([, facts]) => [facts.id, facts])), actors: new Map(actors) };
}
