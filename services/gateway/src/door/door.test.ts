import { connect } from 'node:http2';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { framed } from './messages.ts';
import { BYTES } from './testing/bytes-service.ts';
import { asItIs, at, bytes, closeAll, infoOf, last, one, open, type Outcome, reasonOf, serve, standsStill } from './testing/open-door.ts';

afterEach(closeAll);

describe('a call through the door', () => {
  it('arrives with all its metadata, and its answer with all of its own', async () => {
    let came = new Metadata();
    let path = '';
    const hub = await serve({
      one: (call, answer) => {
        came = call.metadata;
        path = call.getPath();
        const headers = new Metadata();
        headers.set('x-ahead-bin', Buffer.from([0, 255, 1]));
        call.sendMetadata(headers);
        const trailers = new Metadata();
        trailers.set('x-behind', 'text');
        trailers.set('x-behind-bin', Buffer.from([9, 0, 200]));
        answer(null, Buffer.concat([call.request, bytes('!')]), trailers);
      },
    });
    const { client, ended } = await open([at(hub)]);
    const metadata = new Metadata();
    metadata.set('authorization', 'Bearer a.b.c');
    metadata.set('traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
    metadata.set('x-custom-bin', Buffer.from([1, 0, 254]));
    metadata.add('x-twice', 'a');
    metadata.add('x-twice', 'b');
    const { answer, headers, trailers } = await one(client, bytes('hello'), metadata);
    expect(String(answer)).toBe('hello!');
    expect(path).toBe(BYTES.one.path);
    expect(came.get('authorization')).toEqual(['Bearer a.b.c']);
    expect(came.get('traceparent')).toEqual(['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01']);
    expect(came.get('x-custom-bin')).toEqual([Buffer.from([1, 0, 254])]);
    expect(came.get('x-twice').join(', ')).toBe('a, b');
    expect(headers?.get('x-ahead-bin')).toEqual([Buffer.from([0, 255, 1])]);
    expect(trailers?.get('x-behind')).toEqual(['text']);
    expect(trailers?.get('x-behind-bin')).toEqual([Buffer.from([9, 0, 200])]);
    await vi.waitFor(() => expect(ended).toMatchObject([{ service: 'hub', code: 0, retried: false }]));
  });

  it('carries megabytes both ways unchanged', async () => {
    const hub = await serve();
    const { client } = await open([at(hub)]);
    const big = Buffer.alloc(3_000_000, 'corridor');
    const { answer } = await one(client, big);
    expect(answer?.equals(big)).toBe(true);
  });

  it('streams both ways at once, and ends as both sides end', async () => {
    const hub = await serve({
      both: (call) => {
        call.on('data', (b: Buffer) => call.write(Buffer.concat([bytes('re: '), b])));
        call.on('end', () => {
          call.write(bytes('bye'));
          call.end();
        });
      },
    });
    const { client } = await open([at(hub)]);
    const call = client.makeBidiStreamRequest(BYTES.both.path, asItIs, asItIs);
    const answers: string[] = [];
    call.on('data', (b: Buffer) => answers.push(String(b)));
    const ended = new Promise<number>((resolve) => call.on('status', ({ code }) => resolve(code)));
    call.write(bytes('1'));
    await vi.waitFor(() => expect(answers).toEqual(['re: 1']));
    call.write(bytes('2'));
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    call.end();
    expect(await ended).toBe(status.OK);
    expect(answers).toEqual(['re: 1', 're: 2', 'bye']);
  });

  it('ends with the status of the service, with and without an answer before', async () => {
    const refused = Object.assign(new Error('no'), { code: status.FAILED_PRECONDITION, details: 'ein Nein: ü %' });
    const hub = await serve({
      one: (_, answer) => answer(refused),
      many: (call) => {
        call.write(bytes('first'));
        call.emit('error', refused);
      },
    });
    const { client } = await open([at(hub)]);
    expect((await one(client, bytes(''))).error).toMatchObject({ code: status.FAILED_PRECONDITION, details: 'ein Nein: ü %' });
    const call = client.makeServerStreamRequest(BYTES.many.path, asItIs, asItIs, bytes(''));
    const got: string[] = [];
    call.on('data', (b: Buffer) => got.push(String(b)));
    const error = await new Promise<ServiceError>((resolve) => call.on('error', resolve));
    expect([error.code, got]).toEqual([status.FAILED_PRECONDITION, ['first']]);
  });

  it('ends at the caller when the service ends it before the caller has sent everything', async () => {
    const hub = await serve({ both: (call) => last(call, 'enough') });
    const { client, ended } = await open([at(hub)]);
    const call = client.makeBidiStreamRequest(BYTES.both.path, asItIs, asItIs);
    call.on('data', () => undefined);
    const end = new Promise<number>((resolve) => call.on('status', ({ code }) => resolve(code)));
    call.write(bytes('1'));
    expect(await end).toBe(status.OK);
    await vi.waitFor(() => expect(ended).toHaveLength(1));
  });

  it('is cancelled at the service when the caller cancels it, or its deadline passes', async () => {
    let cancelled = 0;
    const hub = await serve({ many: (call) => void call.on('cancelled', () => (cancelled += 1)) });
    const { client, ended } = await open([at(hub)]);
    const begin = (options = {}) => {
      const call = client.makeServerStreamRequest(BYTES.many.path, asItIs, asItIs, bytes(''), new Metadata(), options);
      call.on('data', () => undefined);
      return { call, failed: new Promise<ServiceError>((resolve) => call.on('error', resolve)) };
    };
    const first = begin();
    first.call.on('metadata', () => undefined);
    const second = begin({ deadline: Date.now() + 300 });
    expect((await second.failed).code).toBe(status.DEADLINE_EXCEEDED);
    await vi.waitFor(() => expect(cancelled).toBe(1));
    first.call.cancel();
    await vi.waitFor(() => expect(cancelled).toBe(2));
    await vi.waitFor(() => expect(ended).toHaveLength(2));
  });

  it('to a reader who does not read holds the service back', async () => {
    const chunk = Buffer.alloc(16 * 1024);
    let written = 0;
    const hub = await serve({
      many: (call) => {
        const more = (): void => {
          while (written < 4096) {
            written += 1;
            if (!call.write(chunk)) return void call.once('drain', more);
          }
          call.end();
        };
        more();
      },
    });
    const { port } = await open([at(hub)]);
    const session = connect(`http://127.0.0.1:${port}`);
    const call = session.request({ ':method': 'POST', ':path': BYTES.many.path, 'content-type': 'application/grpc', te: 'trailers' });
    call.end(framed(bytes('')));
    await new Promise((resolve) => call.on('response', resolve));
    await standsStill(() => written);
    // 64 MiB are to be had; what can be on the way is bounded by the windows.
    expect(written * chunk.length).toBeLessThan(2 * 1024 * 1024);
    let got = 0;
    call.on('data', (b: Buffer) => (got += b.length));
    let trailers: unknown;
    call.on('trailers', (t: unknown) => {
      trailers = t;
    });
    await new Promise((resolve) => call.on('close', resolve));
    expect([got, trailers]).toEqual([4096 * (chunk.length + 5), expect.objectContaining({ 'grpc-status': '0' })]);
    session.close();
  });

  it('from a sender whom nobody reads is held back too', async () => {
    const hub = await serve({ both: (call) => void call.pause() });
    const { client } = await open([at(hub)]);
    const call = client.makeBidiStreamRequest(BYTES.both.path, asItIs, asItIs);
    call.on('error', () => undefined);
    const chunk = Buffer.alloc(64 * 1024);
    let sent = 0;
    const more = (): void => {
      if (sent >= 1024) return;
      call.write(chunk, () => {
        sent += 1;
        more();
      });
    };
    more();
    await standsStill(() => sent);
    expect(sent * chunk.length).toBeLessThan(8 * 1024 * 1024);
    call.cancel();
  });

  it('of a service that is not there is UNIMPLEMENTED', async () => {
    const { client, ended } = await open([]);
    for (const path of ['/corridor.nothing.v1.X/Y', '/corridor.registry.v1.RegistryService/Found', '/other/X', '/constructor']) {
      expect((await one(client, bytes(''), new Metadata(), path)).error?.code).toBe(status.UNIMPLEMENTED);
    }
    expect(ended.map(({ code, service }) => [code, service])).toEqual(Array.from({ length: 4 }, () => [12, undefined]));
  });
});

describe('replicas', () => {
  it('share the calls, the one with fewer under way first', async () => {
    const counts = [0, 0];
    const replica = (i: number) =>
      serve({
        one: (call, answer) => {
          counts[i] = (counts[i] ?? 0) + 1;
          answer(null, call.request);
        },
        many: () => undefined,
      });
    const { client, door } = await open([at(await replica(0)), at(await replica(1))]);
    await vi.waitFor(() => expect(door.conditions()).toEqual([{ name: 'hub', unwell: undefined }]));
    for (let i = 0; i < 40; i++) await one(client, bytes('x'));
    expect(counts[0]).toBeGreaterThan(10);
    expect(counts[1]).toBeGreaterThan(10);
  });

  it('that stop take no call with them: those under way finish, new ones go elsewhere', async () => {
    const slow: (() => void)[] = [];
    const [stopping, staying] = [await serve({ many: (call) => void slow.push(() => last(call, 'done')) }), await serve({ many: (call) => void slow.push(() => last(call, 'done')) })];
    const { client, ended } = await open([at(stopping), at(staying)]);
    const streams = [1, 2].map(() => {
      const call = client.makeServerStreamRequest(BYTES.many.path, asItIs, asItIs, bytes(''));
      const got: string[] = [];
      call.on('data', (b: Buffer) => got.push(String(b)));
      return new Promise<string[]>((resolve, reject) => {
        call.on('end', () => resolve(got));
        call.on('error', reject);
      });
    });
    await vi.waitFor(() => expect(slow).toHaveLength(2));
    const calls: Promise<Outcome>[] = [];
    for (let i = 0; i < 200; i++) calls.push(one(client, bytes('x')));
    const stopped = stopping.shutDown();
    for (let i = 0; i < 200; i++) {
      calls.push(one(client, bytes('x')));
      if (i % 20 === 0) await calls.at(-1);
    }
    expect((await Promise.all(calls)).filter(({ error }) => error !== undefined)).toEqual([]);
    for (const end of slow) end();
    expect(await Promise.all(streams)).toEqual([['done'], ['done']]);
    await stopped;
    await vi.waitFor(() => expect(ended).toHaveLength(402));
  });

  it('that break off end their calls with UNAVAILABLE, a reason and a hint; they are reported lost and found', async () => {
    const hub = await serve({ many: (call) => void call.write(bytes('first')) });
    const { client, reports, door } = await open([at(hub)]);
    const call = client.makeServerStreamRequest(BYTES.many.path, asItIs, asItIs, bytes(''));
    call.on('data', () => hub.kill());
    const error = await new Promise<ServiceError>((resolve) => call.on('error', resolve));
    expect(error.code).toBe(status.UNAVAILABLE);
    expect(infoOf(error)).toEqual({ reason: 'UNAVAILABLE', domain: 'corridor', metadata: {} });
    expect(error.metadata.get('grpc-retry-pushback-ms')).toEqual(['1000']);
    await vi.waitFor(() => expect(reports).toContain('upstream.lost'));
    expect(door.conditions()).toEqual([{ name: 'hub', unwell: 'no replica can be reached' }]);
    expect(reasonOf(await one(client, bytes('')))).toBe('UNAVAILABLE');
    await serve({}, { address: at(hub) });
    await vi.waitFor(() => expect(reports).toContain('upstream.found'), { timeout: 10_000 });
    expect((await one(client, bytes('back'))).answer).toEqual(bytes('back'));
  });

  it('that say they do not serve are passed by while another does', async () => {
    let asked = 0;
    const sick = await serve({ one: (call, answer) => ((asked += 1), answer(null, call.request)) });
    const { client, door } = await open([at(sick), at(await serve())]);
    sick.health.set('', false);
    await vi.waitFor(async () => {
      const before = asked;
      for (let i = 0; i < 4; i++) await one(client, bytes('x'));
      expect(asked).toBe(before);
    });
    expect(door.conditions()[0]?.unwell).toBeUndefined();
  });

  it('take more calls than fit on one connection, up to a bound, then the call is refused', async () => {
    const hub = await serve({ many: () => undefined }, { callsPerConnection: 4 });
    const { client } = await open([at(hub)], { limits: { connectionsPerReplica: 2 } });
    const failed: ServiceError[] = [];
    const calls = Array.from({ length: 12 }, () => {
      const call = client.makeServerStreamRequest(BYTES.many.path, asItIs, asItIs, bytes(''));
      call.on('error', (error: ServiceError) => failed.push(error));
      return call;
    });
    // One place of the first connection is taken by the watch of its health.
    await vi.waitFor(() => expect(failed).toHaveLength(5));
    expect(new Set(failed.map((error) => infoOf(error)?.reason))).toEqual(new Set(['QUEUE_FULL']));
    for (const call of calls) call.cancel();
  });

  it('are found behind one name as it resolves now', async () => {
    const first = await serve({ one: (_, answer) => answer(null, bytes('first')) });
    await serve({ one: (_, answer) => answer(null, bytes('second')) }, { address: `127.0.0.2:${first.port}` });
    let addresses = ['127.0.0.1'];
    const { client } = await open([`hub:${first.port}`], { resolve: async () => addresses });
    expect(String((await one(client, bytes(''))).answer)).toBe('first');
    addresses = ['127.0.0.1', '127.0.0.2'];
    await vi.waitFor(async () => expect(String((await one(client, bytes(''))).answer)).toBe('second'), { timeout: 8000 });
    addresses = ['127.0.0.2'];
    await vi.waitFor(async () => {
      for (let i = 0; i < 4; i++) expect(String((await one(client, bytes(''))).answer)).toBe('second');
    }, { timeout: 8000 });
  });
});
