import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { connect } from 'node:http2';
import { Client, type ClientReadableStream, credentials, Metadata, type ServiceDefinition, type ServiceError } from '@grpc/grpc-js';
import {
  AcknowledgeDeliveryRequest,
  HubServiceClient,
  HubServiceService,
  PublishStreamRequest,
  type PublishStreamResponse,
  SubscribeRequest,
  SubscribeResponse,
} from '@corridor/contracts/hub/v1/hub';
import { ListDemandsResponse, NodeServiceService } from '@corridor/contracts/node/v1/node';
import { actorId, agencyId, CorridorError, ManualClock, newUuid, type Reason, systemClock } from '@corridor/kernel';
import { type AgencyState, evolveAll, type Role } from '@corridor/policy';
import { afterEach, describe, expect, it } from 'vitest';
import { issueToken, TokenVerifier } from '../auth/tokens.ts';
import { CONFIRMATION_MS, type PolicyAt } from '../policy/policy-view.ts';
import { KnownPolicy } from '../testing/known-policy.ts';
import { demandFromWire } from './demands.ts';
import { GrpcHost, type GrpcHostOptions } from './grpc-host.ts';
import type { CallerContext, Methods } from './rpc.ts';
import { decodeStatus, STATUS_TRAILER } from './status.ts';

const service = {
  acknowledgeDelivery: HubServiceService.acknowledgeDelivery,
  subscribe: HubServiceService.subscribe,
  publishStream: HubServiceService.publishStream,
  listPlaces: HubServiceService.listPlaces,
} satisfies ServiceDefinition;

const quiet: Methods<typeof service> = {
  acknowledgeDelivery: { roles: ['reader'], unary: async () => ({}) },
  subscribe: { roles: ['reader'], serverStream: (_, __, { signal }) => untilAborted(signal) },
  publishStream: { roles: ['publisher'], bidi: (_, __, { signal }) => untilAborted(signal) },
  listPlaces: { roles: 'anyone', unary: async () => ({ places: [], nextPageToken: 'open', gazetteerVersion: '' }) },
};

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** A policy state that tests change as they like. */
class Policy extends KnownPolicy {
  readonly #onWay: (() => void)[] = [];
  #version = 0;

  override latest(): Promise<PolicyAt> {
    this.#onWay.splice(0).forEach((arrive) => arrive());
    return this.current();
  }
  /** A change that others know of and that arrives here when the latest is asked for. */
  onItsWay(arrive: () => void): void {
    this.#onWay.push(arrive);
  }
  set(agencyState: AgencyState, roles: readonly Role[], retired = false): void {
    const version = ++this.#version;
    const id = agencyId('unhcr');
    this.change(
      evolveAll(this.state, [
        { kind: 'agency', fact: { id, version, kind: 'un-agency', state: agencyState, memberStates: [] } },
        { kind: 'actor', fact: { agency: id, actor: actorId('a7'), version, roles, retired } },
      ]),
    );
  }
}

const reports: { level: string; event: string; facts: object | undefined }[] = [];
const hosts: { stop(): Promise<void> }[] = [];
const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const host of hosts.splice(0)) await host.stop();
  reports.length = 0;
});

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const keyPair = { keyId: 'k1', privateKey, publicKey: new Uint8Array(32) };
const tokenKeys = { tokenKey: (id: string): KeyObject | undefined => (id === 'k1' ? publicKey : undefined) };

async function serve(methods: Partial<Methods<typeof service>> = {}, options: Partial<GrpcHostOptions> = {}) {
  const policy = new Policy();
  policy.set('active', ['reader', 'publisher']);
  const host = new GrpcHost({
    listener: { host: '127.0.0.1', port: 0 },
    tokens: new TokenVerifier(tokenKeys, systemClock),
    policy,
    clock: systemClock,
    report: (level, event, facts) => reports.push({ level, event, facts }),
    ...options,
  });
  host.add(service, { ...quiet, ...methods });
  hosts.push(host);
  const port = await host.start();
  const address = `127.0.0.1:${port}`;
  const client = new HubServiceClient(address, credentials.createInsecure());
  const raw = new Client(address, credentials.createInsecure());
  clients.push(client, raw);
  const { token } = await issueToken(keyPair, { agency: agencyId('unhcr'), actor: actorId('a7') }, {
    clock: systemClock,
    lifetimeMs: 3_600_000,
    id: newUuid(),
  });
  return { policy, host, address, client, raw, metadata: bearer(token) };
}

function bearer(token: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

interface Outcome {
  readonly code: number;
  readonly reason: string | undefined;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>> | undefined;
}
function outcome(error: ServiceError): Outcome {
  const trailers = error.metadata.get(STATUS_TRAILER);
  expect(trailers.length).toBeLessThanOrEqual(1);
  const [bytes] = trailers;
  const status = Buffer.isBuffer(bytes) ? decodeStatus(bytes) : undefined;
  if (status !== undefined) expect(status).toMatchObject({ code: error.code, message: error.details, info: { domain: 'corridor' } });
  return { code: error.code, reason: status?.info?.reason, message: error.details, metadata: status?.info?.metadata };
}

const path = HubServiceService.acknowledgeDelivery.path;
/** Calls with raw bytes; resolves with the answer's bytes or with how it failed. */
const callRaw = (raw: Client, bytes: Buffer, metadata = new Metadata(), method: string = path): Promise<Buffer | Outcome> =>
  new Promise((resolve) => {
    raw.makeUnaryRequest(method, (b: Buffer) => b, (b) => b, bytes, metadata, (error, answer) =>
      resolve(error === null ? (answer ?? Buffer.alloc(0)) : outcome(error)),
    );
  });
/** How a stream ends, after everything it sent. */
const ending = (stream: ClientReadableStream<unknown>): Promise<Outcome | 'ok'> =>
  new Promise((resolve) => {
    stream.on('data', () => {});
    stream.on('error', (error: ServiceError) => resolve(outcome(error)));
    stream.on('end', () => resolve('ok'));
  });
const first = <T>(stream: ClientReadableStream<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    stream.once('data', resolve);
    stream.once('error', reject);
  });

function changeAndWait(policy: Policy, clock: ManualClock): void {
  policy.set('active', ['reader', 'publisher']);
  clock.advance(CONFIRMATION_MS / 2);
}

const mark = (text: string): SubscribeResponse => ({ event: { $case: 'mark', value: { cursor: Buffer.from(text) } } });
/** More than a caller who does not read lets through. */
const many: Methods<typeof service>['subscribe'] = {
  roles: ['reader'],
  serverStream: async (_, sink) => {
    for (let count = 0; count < 400; count += 1) void sink.write(mark('x'.repeat(64 * 1024))).catch(() => undefined);
  },
};
const emptySubscribe = SubscribeRequest.fromPartial({});

describe('a call', () => {
  it('reaches its method with the caller as token and registry say', async () => {
    const { raw, metadata } = await serve({
      acknowledgeDelivery: {
        roles: ['reader'],
        unary: async ({ cursor }: AcknowledgeDeliveryRequest, { caller }: CallerContext) => {
          expect(String(cursor)).toBe('x');
          expect(caller).toEqual({
            agency: 'unhcr',
            actor: 'a7',
            name: 'agencies/unhcr/actors/a7',
            roles: new Set(['reader', 'publisher']),
            agencyState: 'active',
          });
          return {};
        },
      },
    });
    const request = Buffer.from(AcknowledgeDeliveryRequest.encode({ cursor: Buffer.from('x'), purpose: 1, filter: undefined }).finish());
    expect(await callRaw(raw, request, metadata)).toEqual(Buffer.alloc(0));
  });

  it('for anyone needs no token', async () => {
    const { raw } = await serve();
    expect(Buffer.isBuffer(await callRaw(raw, Buffer.alloc(0), undefined, HubServiceService.listPlaces.path))).toBe(true);
  });

  it.each([
    ['without a token', new Metadata()],
    ['with a token of another kind', bearer('abc.def.ghi')],
    ['with an empty token', bearer('')],
    ['with alg none', bearer(`${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`)],
  ])('%s is refused before its body is read', async (_, metadata) => {
    const { raw } = await serve();
    expect(await callRaw(raw, Buffer.alloc(20 << 20), metadata)).toEqual({
      code: 16,
      reason: 'UNAUTHENTICATED',
      message: expect.stringContaining('Sign in again'),
      metadata: {},
    });
  });

  it('is refused without the role, while the agency is not active, and after retirement', async () => {
    const { raw, policy, metadata } = await serve();
    policy.set('active', ['publisher']);
    expect(await callRaw(raw, Buffer.alloc(0), metadata)).toMatchObject({ code: 7, reason: 'PERMISSION_DENIED', metadata: { roles: 'reader' } });
    policy.set('suspended', ['reader']);
    expect(await callRaw(raw, Buffer.alloc(0), metadata)).toMatchObject({ code: 7, reason: 'AGENCY_NOT_ACTIVE' });
    policy.set('active', ['reader'], true);
    expect(await callRaw(raw, Buffer.alloc(0), metadata)).toMatchObject({ code: 16, reason: 'UNAUTHENTICATED' });
  });

  it.each<[string, unknown, Reason, number]>([
    ['ours', new CorridorError('STATE_FORBIDS', 'the agreement is a draft', { field: 'name' }), 'STATE_FORBIDS', 9],
    ['not ours', new Error('secret payload'), 'INTERNAL', 13],
    ['ours but internal', new CorridorError('INTERNAL', 'secret payload', { row: 'secret' }), 'INTERNAL', 13],
    ['no error at all', 'secret payload', 'INTERNAL', 13],
  ])('that fails with an error %s ends with one status and one ErrorInfo', async (_, error, reason, code) => {
    const { raw, metadata } = await serve({ acknowledgeDelivery: { roles: ['reader'], unary: () => Promise.reject(error) } });
    const result = await callRaw(raw, Buffer.alloc(0), metadata);
    expect(result).toMatchObject({ code, reason });
    expect(JSON.stringify([result, reports])).not.toContain('secret');
    expect(reports.map(({ event }) => event)).toEqual(reason === 'INTERNAL' ? ['rpc.failed'] : []);
  });

  it('carries its reports with a stack', async () => {
    const { raw, metadata } = await serve({ acknowledgeDelivery: { roles: ['reader'], unary: () => Promise.reject(new Error('x')) } });
    await callRaw(raw, Buffer.alloc(0), metadata);
    expect(JSON.stringify(reports)).toContain('grpc-host.test.ts');
  });

  it('with bytes that are no message is refused as an argument', async () => {
    const { raw, metadata } = await serve();
    expect(await callRaw(raw, Buffer.from([0xff, 0xff, 0xff]), metadata)).toMatchObject({ code: 3, reason: 'INVALID_ARGUMENT' });
  });

  it('with too large a message is refused with the limit', async () => {
    const { raw, metadata } = await serve();
    expect(await callRaw(raw, Buffer.alloc((4 << 20) + 1), metadata)).toMatchObject({
      code: 8,
      reason: 'MESSAGE_TOO_LARGE',
      metadata: { limit: '4194304' },
    });
    expect(await callRaw(raw, Buffer.alloc(9 << 20), metadata)).toMatchObject({ code: 8 });
  });

  it('of an unknown method is UNIMPLEMENTED', async () => {
    const { raw, metadata } = await serve();
    expect(await callRaw(raw, Buffer.alloc(0), metadata, '/corridor.hub.v1.HubService/Nothing')).toMatchObject({ code: 12 });
  });

  it('that never says what it carries is refused', async () => {
    const { raw, metadata } = await serve();
    const duplex = raw.makeBidiStreamRequest(path, (b: Buffer) => b, (b: Buffer) => b, metadata);
    duplex.end();
    expect(await ending(duplex)).toMatchObject({ code: 3, reason: 'INVALID_ARGUMENT' });
  });

  it('aborts its method when the caller leaves', async () => {
    const started = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<unknown>();
    const { client, metadata } = await serve({
      acknowledgeDelivery: {
        roles: ['reader'],
        unary: async (_: AcknowledgeDeliveryRequest, { signal }: CallerContext) => {
          signal.addEventListener('abort', () => aborted.resolve(signal.reason));
          started.resolve();
          return untilAborted(signal).then(() => ({}));
        },
      },
    });
    const call = client.acknowledgeDelivery({ cursor: Buffer.alloc(0), purpose: 1, filter: undefined }, metadata, () => {});
    await started.promise;
    call.cancel();
    expect(await aborted.promise).toMatchObject({ reason: 'UNAVAILABLE' });
    expect(reports).toEqual([]);
  });
});

describe('a stream', () => {
  it('passes Buffers through as messages and encodes what is none', async () => {
    const { client, metadata } = await serve({
      subscribe: {
        roles: ['reader'],
        serverStream: async (_, sink) => {
          await sink.write(mark('a'));
          await sink.write(Buffer.from(SubscribeResponse.encode(mark('b')).finish()));
          expect(sink.tryWrite(mark('c'))).toBe(true);
        },
      },
    });
    const got: unknown[] = [];
    for await (const message of client.subscribe(emptySubscribe, metadata)) got.push(message);
    expect(got).toEqual([mark('a'), mark('b'), mark('c')]);
  });

  it('holds its writer back while the caller does not read, and then goes on', async () => {
    const stalled = Promise.withResolvers<number>();
    const total = 400;
    const { client, metadata } = await serve({
      subscribe: {
        roles: ['reader'],
        serverStream: async (_, sink) => {
          const big = mark('x'.repeat(64 * 1024));
          let sent = 0;
          while (sent < total && sink.tryWrite(big)) sent++;
          stalled.resolve(sent);
          for (; sent < total; sent++) await sink.write(big);
        },
      },
    });
    const stream = client.subscribe(emptySubscribe, metadata);
    stream.pause();
    expect(await stalled.promise).toBeLessThan(total);
    let received = 0;
    for await (const _ of stream) received++;
    expect(received).toBe(total);
  });

  it('that its caller does not read loses what was not sent, soon after the policy state has changed', async () => {
    const clock = new ManualClock(Date.now());
    const written = Promise.withResolvers<void>();
    const broken = Promise.withResolvers<unknown>();
    const count = 60;
    const { policy, client, metadata } = await serve(
      {
        subscribe: {
          roles: ['reader'],
          serverStream: async (_, sink) => {
            const writes = Array.from({ length: count }, () => sink.write(mark('x'.repeat(64 * 1024))));
            written.resolve();
            await Promise.all(writes).catch(broken.resolve);
          },
        },
      },
      { clock },
    );
    const stream = client.subscribe(emptySubscribe, metadata);
    const end = ending(stream);
    let received = 0;
    stream.on('data', () => {
      received += 1;
    });
    stream.pause();
    await written.promise;
    policy.set('active', ['reader', 'publisher']);
    clock.advance(CONFIRMATION_MS / 2 - 1);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1);
    expect(await broken.promise).toMatchObject({ reason: 'UNAVAILABLE' });
    stream.resume();
    expect(await end).toMatchObject({ code: 14 });
    expect(received).toBeLessThan(count);
  });

  it('that its caller does not read loses what was not sent as soon as the policy state is not confirmed any more', async () => {
    const written = Promise.withResolvers<void>();
    const broken = Promise.withResolvers<unknown>();
    const count = 60;
    const { policy, client, metadata } = await serve({
      subscribe: {
        roles: ['reader'],
        serverStream: async (_, sink, { signal }) => {
          const writes = Array.from({ length: count }, () => sink.write(mark('x'.repeat(64 * 1024))));
          written.resolve();
          await Promise.all(writes).catch(broken.resolve);
          await untilAborted(signal);
        },
      },
    });
    const stream = client.subscribe(emptySubscribe, metadata);
    const end = ending(stream);
    let received = 0;
    stream.on('data', () => {
      received += 1;
    });
    stream.pause();
    await written.promise;
    policy.lapse();
    expect(await broken.promise).toMatchObject({ reason: 'UNAVAILABLE' });
    stream.resume();
    expect(await end).toMatchObject({ code: 14 });
    expect(received).toBeLessThan(count);
  });

  it.each([
    ['stays open when all was sent before the last confirmation', CONFIRMATION_MS + 1, [mark('before'), mark('after')]],
    ['is broken off when something was sent since: it may wait for its caller at whoever passes it on', CONFIRMATION_MS, [mark('before')]],
  ])('while the policy state is not confirmed %s', async (_, later, expected) => {
    const clock = new ManualClock(Date.now());
    const lapsed = Promise.withResolvers<void>();
    const { policy, client, metadata } = await serve(
      {
        subscribe: {
          roles: ['reader'],
          serverStream: async (_request, sink) => {
            await sink.write(mark('before'));
            await lapsed.promise;
            await sink.write(mark('after'));
          },
        },
      },
      { clock },
    );
    const got: unknown[] = [];
    const stream = client.subscribe(emptySubscribe, metadata);
    const end = ending(stream);
    stream.on('data', (message) => {
      got.push(message);
      if (got.length > 1) return;
      clock.advance(later);
      policy.lapse();
      lapsed.resolve();
    });
    expect(await end).toEqual(expected.length > 1 ? 'ok' : expect.objectContaining({ code: 14, reason: undefined }));
    expect(got).toEqual(expected);
  });

  const large: Methods<typeof service>['listPlaces'] = { roles: 'anyone', unary: async () => ({ places: [], nextPageToken: 'x'.repeat(3 << 20), gazetteerVersion: '' }) };
  it.each<[string, (policy: Policy, clock: ManualClock) => void, string]>([
    ['stream, when the policy state changes', changeAndWait, HubServiceService.subscribe.path],
    ['stream, when the policy state is not confirmed any more', (policy) => policy.lapse(), HubServiceService.subscribe.path],
    ['answer, when the policy state changes', changeAndWait, HubServiceService.listPlaces.path],
    ['answer, when the policy state is not confirmed any more', (policy) => policy.lapse(), HubServiceService.listPlaces.path],
  ])('that has ended loses what its caller has not read of its %s', async (_, happens, method) => {
    const clock = new ManualClock(Date.now());
    const { policy, raw, metadata } = await serve({ subscribe: many, listPlaces: large }, { clock });
    const call = raw.makeServerStreamRequest(method, (b: Buffer) => b, (b: Buffer) => b, Buffer.alloc(0), metadata);
    call.pause();
    const end = ending(call);
    await new Promise((resolve) => call.once('metadata', resolve));
    await new Promise((resolve) => setImmediate(resolve));
    happens(policy, clock);
    await new Promise((resolve) => setImmediate(resolve));
    call.resume();
    expect(await end).toMatchObject({ code: 14, reason: undefined });
  });

  it('hands the requests over one by one, in order, and answers while they come', async () => {
    const { client, metadata } = await serve({
      publishStream: {
        roles: ['publisher'],
        bidi: async (requests, sink) => {
          for await (const { sequence } of requests) {
            await sink.write({ acks: [{ sequence, position: undefined, exceptions: [], error: undefined }] });
          }
        },
      },
    });
    const stream = client.publishStream(metadata);
    const got: bigint[] = [];
    for (let i = 0n; i < 500n; i++) stream.write(PublishStreamRequest.fromPartial({ sequence: i }));
    stream.end();
    for await (const message of stream) {
      const { acks }: PublishStreamResponse = message;
      got.push(...acks.map(({ sequence }) => sequence));
    }
    expect(got).toEqual(Array.from({ length: 500 }, (_, i) => BigInt(i)));
  });

  it('fails with one status when a message in its midst is garbage', async () => {
    const { raw, metadata } = await serve({
      publishStream: {
        roles: ['publisher'],
        bidi: async (requests) => {
          for await (const _ of requests);
        },
      },
    });
    const stream = raw.makeBidiStreamRequest(HubServiceService.publishStream.path, (b: Buffer) => b, (b: Buffer) => b, metadata);
    stream.write(Buffer.alloc(0));
    stream.write(Buffer.from([0xff]));
    expect(await ending(stream)).toMatchObject({ code: 3, reason: 'INVALID_ARGUMENT' });
  });

  it.each<[string, (policy: Policy) => void, Reason]>([
    ['its agency is suspended', (policy) => policy.set('suspended', ['reader']), 'AGENCY_NOT_ACTIVE'],
    ['its actor loses the role', (policy) => policy.set('active', ['publisher']), 'PERMISSION_DENIED'],
    ['its actor is retired', (policy) => policy.set('active', ['reader'], true), 'UNAUTHENTICATED'],
  ])('ends when %s, and nothing more can be written', async (_, change, reason) => {
    const afterwards = Promise.withResolvers<unknown>();
    const { client, metadata, policy } = await serve({
      subscribe: {
        roles: ['reader'],
        serverStream: async (_, sink, { signal }) => {
          await sink.write(mark('open'));
          await untilAborted(signal).catch(() => {});
          afterwards.resolve(await sink.write(mark('late')).catch((error: unknown) => error));
        },
      },
    });
    const stream = client.subscribe(emptySubscribe, metadata);
    await first(stream);
    change(policy);
    expect(await ending(stream)).toMatchObject({ reason });
    expect(await afterwards.promise).toMatchObject({ reason });
  });

  it('ends when its token expires', async () => {
    const { client } = await serve();
    const { token } = await issueToken(keyPair, { agency: agencyId('unhcr'), actor: actorId('a7') }, {
      clock: systemClock,
      lifetimeMs: 1000,
      id: newUuid(),
    });
    expect(await ending(client.subscribe(emptySubscribe, bearer(token)))).toMatchObject({ code: 16, reason: 'UNAUTHENTICATED' });
  });

  it('beyond the bound of its agency is refused; a place that is left can be taken', async () => {
    const { client, metadata } = await serve(
      {
        subscribe: {
          roles: ['reader'],
          serverStream: async (_, sink, { signal }) => {
            await sink.write(mark('open'));
            await untilAborted(signal);
          },
        },
      },
      { limits: { streamsPerAgency: 1 } },
    );
    const open = client.subscribe(emptySubscribe, metadata);
    await first(open);
    expect(await ending(client.subscribe(emptySubscribe, metadata))).toMatchObject({ code: 8, reason: 'QUEUE_FULL' });
    open.on('error', () => {});
    open.cancel();
    await expect.poll(() => first(client.subscribe(emptySubscribe, metadata)).catch(() => undefined)).toEqual(mark('open'));
  });
});

describe('a refusal', () => {
  it('is made only by a policy state that holds what was in the log at the call', async () => {
    const { policy, raw, metadata } = await serve({ acknowledgeDelivery: { roles: ['publisher'], unary: async () => ({}) } });
    policy.set('active', ['reader']);
    expect(await callRaw(raw, Buffer.alloc(0), metadata)).toMatchObject({ reason: 'PERMISSION_DENIED' });
    policy.onItsWay(() => policy.set('active', ['publisher']));
    expect(await callRaw(raw, Buffer.alloc(0), metadata)).toEqual(Buffer.alloc(0));
  });

  it('by what the call asks for is made once, and once more only when a change was on its way', async () => {
    let asked = 0;
    let isThere = false;
    const { policy, raw, metadata } = await serve({
      acknowledgeDelivery: {
        roles: ['reader'],
        unary: async () => {
          asked += 1;
          if (!isThere) throw new CorridorError('NOT_FOUND', 'not there');
          return {};
        },
      },
    });
    expect(await callRaw(raw, Buffer.alloc(0), metadata)).toMatchObject({ reason: 'NOT_FOUND' });
    expect(asked).toBe(1);
    policy.onItsWay(() => {
      isThere = true;
      policy.revision = { registry: 1, consents: 0 };
    });
    expect(await callRaw(raw, Buffer.alloc(0), metadata)).toEqual(Buffer.alloc(0));
    expect(asked).toBe(3);
  });
});

describe('stopping', () => {
  it('lets a unary call finish, ends streams with UNAVAILABLE after their last word, and refuses new calls', async () => {
    const inside = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const { host, client, raw, metadata } = await serve({
      acknowledgeDelivery: {
        roles: ['reader'],
        unary: async () => {
          inside.resolve();
          await release.promise;
          return {};
        },
      },
      subscribe: {
        roles: ['reader'],
        serverStream: async (_, sink, { signal }) => {
          await sink.write(mark('open'));
          await untilAborted(signal).catch(() => {});
          await sink.write(mark('last word'));
        },
      },
    });
    const unary = callRaw(raw, Buffer.alloc(0), metadata);
    await inside.promise;
    const stream = client.subscribe(emptySubscribe, metadata);
    expect(await first(stream)).toEqual(mark('open'));
    const last = first(stream);
    const end = ending(stream);
    const stopped = host.stop();
    expect(await last).toEqual(mark('last word'));
    expect(await end).toMatchObject({ code: 14, reason: 'UNAVAILABLE' });
    release.resolve();
    expect(await unary).toEqual(Buffer.alloc(0));
    await stopped;
    expect(await callRaw(raw, Buffer.alloc(0), metadata)).toMatchObject({ code: 14 });
    expect(reports).toEqual([]);
  });

  it('breaks off what is still to be sent when the policy state is not confirmed any more', async () => {
    const clock = new ManualClock(Date.now());
    const { host, policy, address, metadata } = await serve({ subscribe: many }, { clock });
    const session = connect(`http://${address}`);
    const call = session.request({ ':method': 'POST', ':path': HubServiceService.subscribe.path, 'content-type': 'application/grpc', te: 'trailers', authorization: String(metadata.get('authorization')[0]) });
    const closed = new Promise((resolve) => call.once('close', resolve));
    call.on('error', () => undefined);
    call.end(Buffer.alloc(5));
    await new Promise((resolve) => call.once('response', resolve));
    // By this clock the drain time never passes.
    const stopped = host.stop();
    await new Promise((resolve) => setImmediate(resolve));
    policy.lapse();
    await closed;
    await stopped;
    expect(call.rstCode).not.toBe(0);
  });

  it('does not wait longer than the drain time for a method that hears nothing', async () => {
    const inside = Promise.withResolvers<void>();
    const { host, client, metadata } = await serve(
      {
        subscribe: {
          roles: ['reader'],
          serverStream: () => {
            inside.resolve();
            return new Promise(() => {});
          },
        },
      },
      { limits: { drainMs: 20 } },
    );
    const end = ending(client.subscribe(emptySubscribe, metadata));
    await inside.promise;
    await host.stop();
    expect(await end).toMatchObject({ code: 14 });
  });
});

describe('the listener', () => {
  it('refuses to listen in clear where others can reach it', async () => {
    await expect(serve({}, { listener: { host: '0.0.0.0', port: 0 } })).rejects.toMatchObject({ reason: 'LISTENER_INSECURE' });
  });

  it('tells anyone what its methods demand', async () => {
    const { raw } = await serve();
    const answer = await callRaw(raw, Buffer.alloc(0), undefined, NodeServiceService.listDemands.path);
    if (!Buffer.isBuffer(answer)) throw new Error(answer.message);
    const told = ListDemandsResponse.decode(answer).demands.map((demand) => [demand.rpc, demandFromWire(demand)]);
    expect(Object.fromEntries(told)).toEqual({
      [HubServiceService.acknowledgeDelivery.path]: { roles: ['reader'] },
      [HubServiceService.subscribe.path]: { roles: ['reader'] },
      [HubServiceService.publishStream.path]: { roles: ['publisher'] },
      [HubServiceService.listPlaces.path]: 'nothing',
      [NodeServiceService.listDemands.path]: 'nothing',
    });
  });

  it('always answers health and reflection', async () => {
    const { raw } = await serve();
    const check = '/grpc.health.v1.Health/Check';
    expect(await callRaw(raw, Buffer.alloc(0), undefined, check)).toEqual(Buffer.from([8, 1]));
    const reflection = raw.makeBidiStreamRequest(
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      (b: Buffer) => b,
      (b: Buffer) => b,
    );
    // list_services = 7
    reflection.write(Buffer.from([0x3a, 0x00]));
    expect(String(await first(reflection))).toContain('corridor.hub.v1.HubService');
    reflection.end();
  });
});
