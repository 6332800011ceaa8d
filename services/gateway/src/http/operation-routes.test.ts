import { gzipSync } from 'node:zlib';
import type { handleUnaryCall } from '@grpc/grpc-js';
import type { ListPlacesRequest, ListPlacesResponse, PublishRequest, PublishResponse } from '@corridor/contracts/hub/v1/hub';
import { CorridorError } from '@corridor/kernel';
import { CONFIRMATION_MS } from '@corridor/runtime';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Caller } from '../testing/caller.ts';
import { refusal, startGateway, type TestGateway } from '../testing/test-gateway.ts';
import { BODY_LIMIT } from './body.ts';

/** Each of them six letters in JSON: more than fits between the gateway and a caller who does not read. */
const MUCH = '\u0001'.repeat(4_000_000);

let gateway: TestGateway;
let program: Caller;
const asked: unknown[] = [];
/** Calls that the node leaves without an answer. */
let waiting = 0;

beforeAll(async () => {
  gateway = await startGateway({
    hub: {
      listPlaces: ((call, answer) => {
        asked.push(call.request);
        if (call.request.query === 'nowhere') answer(refusal(new CorridorError('UNKNOWN_PLACE', 'there is no such place', { field: 'query' })));
        else if (call.request.query === 'broken') answer(new Error('the secret cause'));
        else if (call.request.query === 'much') answer(null, { places: [], nextPageToken: MUCH, gazetteerVersion: '7' });
        else answer(null, { places: [], nextPageToken: '', gazetteerVersion: '7' });
      }) satisfies handleUnaryCall<ListPlacesRequest, ListPlacesResponse>,
      getUpdate: (call: { on(event: 'cancelled', listener: () => void): void }) => {
        waiting += 1;
        call.on('cancelled', () => void (waiting -= 1));
      },
      publish: ((call, answer) => {
        asked.push(call.request);
        answer(null, { receipts: [] });
      }) satisfies handleUnaryCall<PublishRequest, PublishResponse>,
    },
  });
  program = await gateway.program();
});
afterAll(() => gateway.stop());

const publish = (body: unknown, headers: Readonly<Record<string, string>> = {}) => program.ask('/api/v1/hub/publish', { method: 'POST', body, headers });

describe('a call', () => {
  it('goes to the node and comes back as JSON', async () => {
    expect(await program.ask('/api/v1/hub/list-places?query=med&pageSize=3')).toMatchObject({ status: 200, json: { places: [], nextPageToken: '', gazetteerVersion: '7' } });
    expect(asked.at(-1)).toMatchObject({ query: 'med', pageSize: 3 });
    expect(await publish({ series: 'agencies/a/series/b' })).toMatchObject({ status: 200, json: { receipts: [] } });
    expect(asked.at(-1)).toMatchObject({ series: 'agencies/a/series/b' });
  });

  it('is refused as the node refuses it, in words that are not said twice', async () => {
    const { status, json } = await program.ask('/api/v1/hub/list-places?query=nowhere');
    expect([status, json]).toEqual([
      400,
      { reason: 'UNKNOWN_PLACE', message: 'there is no such place', todo: 'Name a place of the gazetteer; `corridor places` lists them.', metadata: { field: 'query' } },
    ]);
  });

  it('tells of a defect only that there is one', async () => {
    const { status, text } = await program.ask('/api/v1/hub/list-places?query=broken');
    expect([status, text]).toEqual([500, expect.not.stringContaining('secret cause')]);
  });

  it('needs a session', async () => {
    expect(await gateway.anybody.ask('/api/v1/hub/list-places')).toMatchObject({ status: 401, json: { reason: 'UNAUTHENTICATED' } });
  });

  it.each([
    ['GET', '/api/v1/hub/publish', 'POST'],
    ['DELETE', '/api/v1/hub/publish', 'POST'],
    ['POST', '/api/v1/hub/list-places', 'GET'],
    ['PUT', '/api/v1/hub/subscribe', 'GET'],
    ['HEAD', '/api/v1/hub/publish', 'POST'],
    ['HEAD', '/api/v1/hub/subscribe', 'GET'],
  ])('by %s to %s is refused, which is called by %s', async (method, path, verb) => {
    const { status, headers } = await program.ask(path, { method });
    expect([status, headers.allow]).toEqual([400, verb]);
  });

  it.each(['/api/v1/hub/list-places?nonsense=1', '/api/v1/hub/list-places?pageSize=x', '/api/v1/hub/list-places?pageSize=1&pageSize=2', '/api/v1/hub/list-places?__proto__=1', '/api/v1/hub/list-places?%'])(
    'is refused as %s',
    async (path) => {
      expect(await program.ask(path)).toMatchObject({ status: 400, json: { reason: 'INVALID_ARGUMENT' } });
    },
  );

  it.each([['{'], ['[]'], [''], ['{"nonsense": 1}'], ['{"series": 5}'], [Buffer.from([0x7b, 0xff, 0x7d])], ['['.repeat(100_000)]])('is refused with the body %s', async (body) => {
    expect(await publish(body)).toMatchObject({ status: 400, json: { reason: 'INVALID_ARGUMENT' } });
  });

  it('is refused with a body that is too long, packed or not', async () => {
    const long = JSON.stringify({ series: 'x'.repeat(BODY_LIMIT) });
    expect(await publish(long)).toMatchObject({ status: 413, json: { reason: 'MESSAGE_TOO_LARGE' } });
    expect(await publish(gzipSync(long), { 'content-encoding': 'gzip' })).toMatchObject({ status: 413, json: { reason: 'MESSAGE_TOO_LARGE' } });
  });

  it('is refused with a body that is packed in an unknown way, or not as it says', async () => {
    expect(await publish('{}', { 'content-encoding': 'zip' })).toMatchObject({ status: 400, json: { reason: 'INVALID_ARGUMENT' } });
    expect(await publish('{}', { 'content-encoding': 'gzip' })).toMatchObject({ status: 400, json: { reason: 'INVALID_ARGUMENT' } });
    expect(await publish('{}', { 'content-type': 'application/json; charset=utf-16' })).toMatchObject({ status: 400, json: { reason: 'INVALID_ARGUMENT' } });
  });

  it('shows scripts as text, and never as a page', async () => {
    const { headers, text } = await program.ask('/api/v1/hub/list-places?%3Cscript%3E=1');
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(text).toContain('<script>');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('ends at the node when the caller has gone', async () => {
    const leaving = new AbortController();
    const asking = program.ask('/api/v1/hub/get-update?name=x', { signal: leaving.signal });
    await vi.waitFor(() => expect(waiting).toBe(1));
    leaving.abort();
    await expect(asking).rejects.toThrow();
    await vi.waitFor(() => expect(waiting).toBe(0));
    expect(gateway.reports.join()).not.toContain('AbortError');
  });
});

describe('an answer', () => {
  const much = '/api/v1/hub/list-places?query=much';
  /** Reads an answer that was not read before `happens`; rejects when it has been dropped. */
  async function readAfter(happens: () => void): Promise<void> {
    const answer = await program.events(much);
    happens();
    for await (const _ of answer);
  }

  it('is whole when its caller takes it', async () => {
    expect((await program.ask(much)).json).toMatchObject({ nextPageToken: MUCH });
  });

  it('is dropped when the policy state has changed and its caller did not take it before that is confirmed', async () => {
    const change = (): void => {
      gateway.changePolicy();
      gateway.clock.advance(CONFIRMATION_MS / 2);
    };
    await expect(readAfter(change)).rejects.toThrow('aborted');
  });

  it('is dropped at once when its caller has not taken it and the policy state is not confirmed any more', async () => {
    await expect(readAfter(() => gateway.lapsePolicy())).rejects.toThrow('aborted');
  });
});
