import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { connect, createServer as createHttp2, type ServerHttp2Stream } from 'node:http2';
import { connect as connectTcp, createServer as createTcp, type Socket } from 'node:net';
import { credentials, Metadata, ServerCredentials, type ServiceError, status } from '@grpc/grpc-js';
import { AcknowledgeDeliveryRequest, HubServiceClient, HubServiceService } from '@corridor/contracts/hub/v1/hub';
import { NodeServiceClient } from '@corridor/contracts/node/v1/node';
import { actorId, agencyId, ManualClock, newUuid, systemClock } from '@corridor/kernel';
import { emptyPolicyState, evolveAll } from '@corridor/policy';
import { CONFIRMATION_MS, GrpcHost, issueToken, TokenVerifier } from '@corridor/runtime';
import { CERTIFICATE, KEY, KnownPolicy, OTHER_CERTIFICATE } from '@corridor/runtime/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DoorOptions } from './door.ts';
import { framed } from './messages.ts';
import { BYTES } from './testing/bytes-service.ts';
import { asItIs, at, bytes, clientOf, closeAll, closeLater, infoOf, one, open, reasonOf, serve, standsStill } from './testing/open-door.ts';

afterEach(closeAll);

const path = BYTES.one.path;
const tls = { certificate: Buffer.from(CERTIFICATE), key: Buffer.from(KEY) };
const withKey = ServerCredentials.createSsl(null, [{ cert_chain: tls.certificate, private_key: tls.key }]);

describe('TLS', () => {
  it('is spoken to callers with the certificate of the node, and to the services with theirs', async () => {
    const hub = await serve({}, { credentials: withKey });
    const trusting = credentials.createSsl(tls.certificate);
    const { client, port } = await open([`corridor.example.org:${hub.port}`], {
      listener: { host: '127.0.0.1', port: 0, tls },
      upstreamTls: { ca: tls.certificate },
      resolve: async () => ['127.0.0.1'],
      credentials: trusting,
    });
    expect((await one(client, bytes('sealed'))).answer).toEqual(bytes('sealed'));
    expect((await one(clientOf(`127.0.0.1:${port}`), bytes(''))).error?.code).toBe(status.UNAVAILABLE);
  });

  it.each([
    ['signed by somebody else', 'corridor.example.org', OTHER_CERTIFICATE],
    ['of another name', 'hub.example.org', CERTIFICATE],
  ])('to a service with a certificate %s is not spoken', async (_, host, ca) => {
    const hub = await serve({}, { credentials: withKey });
    const { client } = await open([`${host}:${hub.port}`], { upstreamTls: { ca: Buffer.from(ca) }, resolve: async () => ['127.0.0.1'] });
    expect(reasonOf(await one(client, bytes('')))).toBe('UNAVAILABLE');
  });

  it('is demanded where others can connect', async () => {
    await expect(open([], { listener: { host: '0.0.0.0', port: 0 } })).rejects.toMatchObject({ reason: 'LISTENER_INSECURE' });
    await expect(open([], { listener: { host: '127.0.0.1', port: 0, tls: { ...tls, certificate: Buffer.from('none') } } })).rejects.toMatchObject({ reason: 'CONFIG_INVALID' });
  });
});

/** A replica that speaks raw HTTP/2. */
async function serveRaw(called: (stream: ServerHttp2Stream, path: string) => void): Promise<string> {
  const server = createHttp2();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    called(stream, String(headers[':path']));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  closeLater(() => server.close());
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `127.0.0.1:${address.port}`;
}

const unhealthy = (stream: ServerHttp2Stream): void => stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' }, { endStream: true });

describe('a call that a replica has not looked at', () => {
  it('is made once of another one, with all that the caller has sent', async () => {
    let refused = 0;
    const refusing = await serveRaw((stream, rpc) => {
      if (rpc !== path) return unhealthy(stream);
      stream.on('end', () => {
        refused += 1;
        stream.close(REFUSED_STREAM);
      });
      stream.resume();
    });
    const { client, ended } = await open([refusing, at(await serve())]);
    for (let i = 0; i < 8; i++) expect((await one(client, bytes(`${i}`))).answer).toEqual(bytes(`${i}`));
    expect(refused).toBeGreaterThan(0);
    await vi.waitFor(() => expect(ended.filter(({ retried }) => retried)).toHaveLength(refused));
  });

  it('and neither has the other one is UNAVAILABLE', async () => {
    const refuse = (stream: ServerHttp2Stream, rpc: string): void => (rpc === path ? stream.close(REFUSED_STREAM) : unhealthy(stream));
    const { client } = await open([await serveRaw(refuse), await serveRaw(refuse)]);
    expect(reasonOf(await one(client, bytes('')))).toBe('UNAVAILABLE');
  });

  it('is not made twice when the replica may have looked at it', async () => {
    let calls = 0;
    const breaking = (stream: ServerHttp2Stream, rpc: string): void => {
      if (rpc !== path) return unhealthy(stream);
      calls += 1;
      stream.on('end', () => stream.session?.destroy());
      stream.resume();
    };
    const { client } = await open([await serveRaw(breaking), await serveRaw(breaking)]);
    expect(reasonOf(await one(client, bytes('once')))).toBe('UNAVAILABLE');
    expect(calls).toBe(1);
  });
});
const REFUSED_STREAM = 7;

describe('an address at which something else answers', () => {
  it('counts as one that cannot be reached, and ends nothing', async () => {
    const other = await serveRaw((stream) => {
      stream.respond({ ':status': 200 });
      stream.end('<html>not gRPC</html>');
    });
    const { door } = await open([other]);
    await vi.waitFor(() => expect(door.conditions()).toEqual([{ name: 'hub', unwell: 'no replica can be reached' }]));
  });
});

describe('a replica whose host is gone without a word', () => {
  it('is noticed within ten seconds: its calls end with UNAVAILABLE', async () => {
    const hub = await serve({ many: (call) => void call.write(bytes('first')) });
    const pairs: [Socket, Socket][] = [];
    const wire = createTcp((near) => {
      const far = connectTcp(hub.port, '127.0.0.1');
      near.on('error', () => undefined);
      far.on('error', () => undefined);
      near.pipe(far);
      far.pipe(near);
      pairs.push([near, far]);
    });
    await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
    const address = wire.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    closeLater(() => {
      wire.close();
      for (const socket of pairs.flat()) socket.destroy();
    });
    const clock = new ManualClock(Date.now());
    const { client } = await open([`127.0.0.1:${address.port}`], { clock, limits: { drainMs: 0 } });
    const call = client.makeServerStreamRequest(BYTES.many.path, asItIs, asItIs, bytes(''));
    const failed = new Promise<ServiceError>((resolve) => call.on('error', resolve));
    await new Promise((resolve) => call.once('data', resolve));
    for (const [near, far] of pairs) {
      near.unpipe();
      far.unpipe();
    }
    for (let passed = 0; passed < 10_000; passed += 500) {
      clock.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(infoOf(await failed)?.reason).toBe('UNAVAILABLE');
    closeLater(() => clock.advance(60_000));
  });
});

describe('what the door takes', () => {
  it('is bounded: calls in all, calls of one connection, connections, and the size of headers', async () => {
    const hub = await serve({ many: () => undefined });
    const { port, client } = await open([at(hub)], { limits: { calls: 2, callsPerConnection: 3, connections: 2, headerBytes: 4096 } });
    const session = connect(`http://127.0.0.1:${port}`);
    closeLater(() => session.destroy());
    session.on('error', () => undefined);
    await new Promise((resolve) => session.once('remoteSettings', resolve));
    expect(session.remoteSettings).toMatchObject({ maxConcurrentStreams: 3, maxHeaderListSize: 4096 });
    const begin = (headers = {}) => {
      const call = session.request({ ':method': 'POST', ':path': BYTES.many.path, 'content-type': 'application/grpc', te: 'trailers', ...headers });
      call.on('error', () => undefined);
      call.end(framed(bytes('')));
      return call;
    };
    const tooBig = begin({ 'x-big': 'x'.repeat(8000) });
    await new Promise((resolve) => tooBig.once('close', resolve));
    expect(tooBig.rstCode).not.toBe(0);
    begin();
    begin();
    await vi.waitFor(async () => expect(reasonOf(await one(client, bytes('')))).toBe('QUEUE_FULL'));
    const third = connectTcp(port, '127.0.0.1');
    await new Promise((resolve) => third.once('close', resolve));
  });

  it('leaves room for those who have a token: calls that need none are bounded on their own', async () => {
    const { client } = await open([at(await serve())], { limits: { callsOfAnybody: 1 } });
    const watching = client.makeServerStreamRequest('/grpc.health.v1.Health/Watch', asItIs, asItIs, bytes(''));
    watching.on('error', () => undefined);
    await new Promise((resolve) => watching.once('data', resolve));
    expect(reasonOf(await one(client, bytes(''), undefined, '/grpc.health.v1.Health/Check'))).toBe('QUEUE_FULL');
    expect((await one(client, bytes('with a token'))).answer).toEqual(bytes('with a token'));
    watching.cancel();
  });

  it('is gRPC only', async () => {
    const { port } = await open([]);
    const session = connect(`http://127.0.0.1:${port}`);
    closeLater(() => session.destroy());
    const call = session.request({ ':method': 'GET', ':path': path });
    expect(await new Promise((resolve) => call.once('response', (headers) => resolve(headers[':status'])))).toBe(415);
  });

  it('leaves no connection open that nobody uses', async () => {
    const clock = new ManualClock(Date.now());
    const { port } = await open([], { clock, limits: { idleMs: 60_000, drainMs: 0 } });
    const session = connect(`http://127.0.0.1:${port}`);
    await new Promise((resolve) => session.once('remoteSettings', resolve));
    let closed = false;
    session.once('close', () => (closed = true));
    await vi.waitFor(() => {
      clock.advance(5000);
      expect(closed).toBe(true);
    });
    closeLater(() => clock.advance(60_000));
  });
});

describe('stopping', () => {
  it('lets calls finish within the drain time, then ends them with UNAVAILABLE, and takes no more', async () => {
    let finish = (): void => undefined;
    const hub = await serve({ one: (call, answer) => void (finish = () => answer(null, call.request)), many: (call) => void call.write(bytes('first')) });
    const { client, door } = await open([at(hub)], { limits: { drainMs: 400 } });
    const unary = one(client, bytes('last'));
    const call = client.makeServerStreamRequest(BYTES.many.path, asItIs, asItIs, bytes(''));
    const failed = new Promise<ServiceError>((resolve) => call.on('error', resolve));
    await new Promise((resolve) => call.once('data', resolve));
    const stopped = door.stop();
    finish();
    expect((await unary).answer).toEqual(bytes('last'));
    expect(infoOf(await failed)?.reason).toBe('UNAVAILABLE');
    await stopped;
    await door.stop();
    expect((await one(client, bytes(''))).error?.code).toBe(status.UNAVAILABLE);
  });
});

describe('answers that wait for their caller', () => {
  const chunk = Buffer.alloc(16 * 1024);
  async function slowReader(policy: DoorOptions['policy']) {
    let written = 0;
    const hub = await serve({
      many: (call) => {
        const more = (): void => {
          while (written < 4096) {
            written += 1;
            if (!call.write(chunk)) return void call.once('drain', more);
          }
        };
        more();
      },
    });
    const { port } = await open([at(hub)], { policy });
    const session = connect(`http://127.0.0.1:${port}`);
    closeLater(() => session.destroy());
    session.on('error', () => undefined);
    const call = session.request({ ':method': 'POST', ':path': BYTES.many.path, 'content-type': 'application/grpc', te: 'trailers' });
    call.on('error', () => undefined);
    call.end(framed(bytes('')));
    await new Promise((resolve) => call.once('response', resolve));
    await standsStill(() => written);
    return { call };
  }

  it('are dropped when the policy state has changed and the caller has not read them before it is confirmed', async () => {
    const policy = new KnownPolicy();
    const { call } = await slowReader(policy);
    const began = Date.now();
    policy.change();
    await new Promise((resolve) => call.once('close', resolve));
    expect(call.rstCode).toBe(REFUSED_STREAM);
    expect(Date.now() - began).toBeGreaterThan(CONFIRMATION_MS / 2);
  });

  it('are dropped in the moment in which it is no longer confirmed', async () => {
    const policy = new KnownPolicy();
    const { call } = await slowReader(policy);
    policy.lapse();
    await new Promise((resolve) => call.once('close', resolve));
    expect(call.rstCode).toBe(REFUSED_STREAM);
  });

  it('are dropped while it is not confirmed', async () => {
    const policy = new KnownPolicy();
    const { call } = await slowReader(policy);
    policy.isConfirmed = false;
    await new Promise((resolve) => call.once('close', resolve));
    expect(call.rstCode).toBe(REFUSED_STREAM);
  });

  /** A call whose answer the test has in its hands, with a caller who reads it. */
  async function answeredBy(policy: DoorOptions['policy']) {
    const clock = new ManualClock(Date.now());
    const answering = Promise.withResolvers<ServerHttp2Stream>();
    const replica = await serveRaw((stream, rpc) => {
      if (rpc !== BYTES.many.path) return unhealthy(stream);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      answering.resolve(stream);
    });
    const { port } = await open([replica], { policy, clock, limits: { drainMs: 0 } });
    closeLater(() => clock.advance(60_000));
    const session = connect(`http://127.0.0.1:${port}`);
    closeLater(() => session.destroy());
    session.on('error', () => undefined);
    const call = session.request({ ':method': 'POST', ':path': BYTES.many.path, 'content-type': 'application/grpc', te: 'trailers' });
    call.on('error', () => undefined);
    let read = 0;
    call.on('data', (got: Buffer) => (read += got.length));
    call.end(framed(bytes('')));
    const answer = await answering.promise;
    const passes = async (): Promise<void> => {
      const before = read;
      answer.write(chunk);
      await vi.waitFor(() => expect(read).toBe(before + chunk.length));
    };
    /** The caller reads no more, and what comes for it stays here. */
    const stays = async (): Promise<void> => {
      call.pause();
      let sent = 0;
      for (let count = 0; count < 64; count += 1) answer.write(chunk, () => (sent += 1));
      await standsStill(() => sent + 1);
    };
    const later = async (ms: number): Promise<void> => {
      clock.advance(ms);
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { call, answer, passes, stays, later };
  }

  it('are dropped also when a service that had not learnt of the change sent them in its last moment', async () => {
    const policy = new KnownPolicy();
    const { call, passes, stays, later } = await answeredBy(policy);
    await passes();
    policy.change();
    await later(CONFIRMATION_MS / 20);
    await later(CONFIRMATION_MS / 2);
    await passes();
    await stays();
    await later((CONFIRMATION_MS * 2) / 5);
    expect(call.closed).toBe(false);
    await later(CONFIRMATION_MS / 10);
    await later((CONFIRMATION_MS * 2) / 5);
    await new Promise((resolve) => call.once('close', resolve));
    expect(call.rstCode).toBe(REFUSED_STREAM);
  });

  it('are dropped when the service breaks the call off', async () => {
    const { call, answer, passes, stays } = await answeredBy(new KnownPolicy());
    await passes();
    await stays();
    let got = 0;
    call.on('data', (more: Buffer) => (got += more.length));
    call.pause();
    answer.close(REFUSED_STREAM);
    await new Promise((resolve) => call.once('close', resolve));
    expect([call.rstCode, got]).toEqual([REFUSED_STREAM, 0]);
  });

  it('of callers who read are not', async () => {
    const policy = new KnownPolicy();
    const { call, passes, later } = await answeredBy(policy);
    await passes();
    policy.change();
    policy.isConfirmed = false;
    for (let ms = 0; ms < 1.5 * CONFIRMATION_MS; ms += CONFIRMATION_MS / 20) await later(CONFIRMATION_MS / 20);
    await passes();
    expect(call.closed).toBe(false);
  });
});

describe('a node whose services are processes of their own', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const tokens = new TokenVerifier({ tokenKey: (id: string): KeyObject | undefined => (id === 'k1' ? publicKey : undefined) }, systemClock);
  const service = { listPlaces: HubServiceService.listPlaces, acknowledgeDelivery: HubServiceService.acknowledgeDelivery };

  async function hubHost() {
    const state = evolveAll(emptyPolicyState, [
      { kind: 'agency', fact: { id: agencyId('unhcr'), version: 1, kind: 'un-agency', state: 'active', memberStates: [] } },
      { kind: 'actor', fact: { agency: agencyId('unhcr'), actor: actorId('a7'), version: 1, roles: ['reader'], retired: false } },
    ]);
    const host = new GrpcHost({ listener: { host: '127.0.0.1', port: 0 }, tokens, policy: new KnownPolicy(state), clock: systemClock, report: () => undefined });
    host.add(service, {
      listPlaces: { roles: 'anyone', unary: async () => ({ places: [], nextPageToken: 'open', gazetteerVersion: '' }) },
      acknowledgeDelivery: { roles: ['reader'], unary: async () => ({}) },
    });
    closeLater(() => host.stop());
    return { host, address: `127.0.0.1:${await host.start()}` };
  }

  it('knows what its RPCs demand from the services themselves, also while they are away', async () => {
    const { host, address } = await hubHost();
    const { door, port } = await open([address], { services: { hub: [address], registry: ['127.0.0.1:1'] } });
    expect(door.demandOf(service.listPlaces.path)).toBe('nothing');
    expect(door.demandOf(service.acknowledgeDelivery.path)).toEqual({ roles: ['reader'] });
    expect(door.demandOf('/corridor.registry.v1.RegistryService/Found')).toBeUndefined();
    expect(door.demandOf('/corridor.node.v1.NodeService/ListDemands')).toBeUndefined();
    const node = new NodeServiceClient(`127.0.0.1:${port}`, credentials.createInsecure());
    closeLater(() => node.close());
    const told = await new Promise<readonly string[]>((resolve, reject) => node.listDemands({}, (error, answer) => (error === null ? resolve(answer.demands.map(({ rpc }) => rpc)) : reject(error))));
    expect(told.toSorted()).toEqual([service.acknowledgeDelivery.path, service.listPlaces.path]);
    await host.stop();
    expect(door.demandOf(service.acknowledgeDelivery.path)).toEqual({ roles: ['reader'] });
  });

  it('answers as the service does, to who may call', async () => {
    const { address } = await hubHost();
    const { port } = await open([address]);
    const hub = new HubServiceClient(`127.0.0.1:${port}`, credentials.createInsecure());
    closeLater(() => hub.close());
    const { token } = await issueToken({ keyId: 'k1', privateKey, publicKey: new Uint8Array(32) }, { agency: agencyId('unhcr'), actor: actorId('a7') }, { clock: systemClock, lifetimeMs: 60_000, id: newUuid() });
    const call = (metadata: Metadata): Promise<ServiceError | null> => new Promise((resolve) => hub.acknowledgeDelivery(AcknowledgeDeliveryRequest.fromPartial({}), metadata, (error) => resolve(error)));
    const signedIn = new Metadata();
    signedIn.set('authorization', `Bearer ${token}`);
    expect(await call(signedIn)).toBeNull();
    expect(infoOf((await call(new Metadata())) ?? undefined)?.reason).toBe('UNAUTHENTICATED');
  });

  it('says by health and conditions which services work, and by reflection what there is', async () => {
    const { host, address } = await hubHost();
    const { door, client, port } = await open([], { services: { hub: [address], registry: ['127.0.0.1:1'] } });
    const check = (service: string) => one(client, service === '' ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, service.length]), bytes(service)]), undefined, '/grpc.health.v1.Health/Check');
    await vi.waitFor(() => expect(door.conditions()).toEqual([{ name: 'hub', unwell: undefined }, { name: 'registry', unwell: 'no replica can be reached' }]));
    expect((await check('corridor.hub.v1.HubService')).answer).toEqual(Buffer.from([8, 1]));
    expect((await check('corridor.registry.v1.RegistryService')).answer).toEqual(Buffer.from([8, 2]));
    expect((await check('')).answer).toEqual(Buffer.from([8, 2]));
    host.setServing(false);
    await vi.waitFor(() => expect(door.conditions()[0]).toEqual({ name: 'hub', unwell: 'no replica serves' }));
    for (const version of ['v1', 'v1alpha']) {
      const reflection = clientOf(`127.0.0.1:${port}`).makeBidiStreamRequest(`/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`, asItIs, asItIs);
      reflection.on('error', () => undefined);
      // list_services = 7
      reflection.write(Buffer.from([0x3a, 0x00]));
      const answer = await new Promise((resolve) => reflection.once('data', resolve));
      for (const name of ['registry.v1.Registry', 'hub.v1.Hub', 'alerts.v1.Alerts', 'followup.v1.Followup', 'audit.v1.Audit']) expect(String(answer)).toContain(`corridor.${name}`);
      reflection.end();
    }
  });
});
