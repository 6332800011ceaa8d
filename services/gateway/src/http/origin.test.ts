import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../testing/caller.ts';
import { READER, SECRET, startGateway, type TestGateway } from '../testing/test-gateway.ts';

let gateway: TestGateway;
let host: string;
/** With a session, and nothing that tells where its page is from. */
let signedIn: Caller;
beforeAll(async () => {
  gateway = await startGateway({ hosts: ['corridor.example.org'], hub: { listPlaces: (_: unknown, answer: (error: null, found: unknown) => void) => answer(null, { places: [], nextPageToken: '', gazetteerVersion: '1' }) } });
  host = `127.0.0.1:${gateway.gateway.port() ?? 0}`;
  const { headers } = await gateway.anybody.ask('/api/v1/session', { method: 'POST', body: { actor: READER, secret: SECRET } });
  signedIn = gateway.anybody.with({ cookie: headers['set-cookie']?.[0]?.split(';')[0] ?? '' });
});
afterAll(() => gateway.stop());

const sent = (headers: Readonly<Record<string, string>>) => signedIn.ask('/api/v1/hub/acknowledge-delivery', { method: 'POST', body: {}, headers });
const forbidden = { status: 403, json: { reason: 'PERMISSION_DENIED', metadata: { field: 'Origin' } } };
/** It came to the node, which does not serve it here. */
const passed = expect.objectContaining({ status: expect.not.toBeOneOf([403]) });

describe('a change that comes with the cookie of a session', () => {
  it.each([{ 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }])('is taken from the own pages: %o', async (headers) => {
    expect(await sent(headers)).toEqual(passed);
  });

  it('is taken from a browser that says the own origin', async () => {
    expect(await sent({ origin: `http://${host}` })).toEqual(passed);
  });

  it.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'http://evil.example' },
    { origin: 'http://127.0.0.1:1' },
    { origin: 'null' },
    { origin: 'nonsense' },
    {},
  ])('is refused from elsewhere, and where nothing says where from: %o', async (headers) => {
    expect(await sent(headers)).toMatchObject(forbidden);
  });

  it('is refused when it looks like a form', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp', '']) {
      const answer = await sent({ 'sec-fetch-site': 'same-origin', 'content-type': type });
      expect(answer).toMatchObject({ status: 400, json: { reason: 'INVALID_ARGUMENT', metadata: { field: 'Content-Type' } } });
    }
  });

  it('is refused also where it only signs out', async () => {
    const answer = await signedIn.ask('/api/v1/session', { method: 'DELETE', headers: { 'sec-fetch-site': 'cross-site' } });
    expect(answer).toMatchObject(forbidden);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });
});

describe('a read that comes with the cookie of a session', () => {
  it('is refused where a browser says that another site asks, since reads go on record', async () => {
    expect(await signedIn.ask('/api/v1/hub/list-places', { headers: { 'sec-fetch-site': 'same-site' } })).toMatchObject(forbidden);
    expect(await signedIn.ask('/api/v1/hub/list-places', { headers: { 'sec-fetch-site': 'same-origin' } })).toMatchObject({ status: 200 });
    expect(await signedIn.ask('/api/v1/hub/list-places')).toMatchObject({ status: 200 });
  });
});

describe('a program with a token in a header', () => {
  it('is asked for no origin', async () => {
    const program = await gateway.program();
    expect(await program.ask('/api/v1/hub/acknowledge-delivery', { method: 'POST', body: {} })).toEqual(passed);
  });
});

describe('signing in', () => {
  it('is refused from the page of another site', async () => {
    const signIn = (headers: Readonly<Record<string, string>>) => gateway.anybody.ask('/api/v1/session', { method: 'POST', body: { actor: READER, secret: SECRET }, headers });
    expect(await signIn({ 'sec-fetch-site': 'cross-site' })).toMatchObject(forbidden);
    expect(await signIn({ origin: 'http://evil.example' })).toMatchObject(forbidden);
    expect(await signIn({ 'sec-fetch-site': 'same-origin' })).toMatchObject({ status: 200 });
  });
});

describe('the name that a node is called by', () => {
  it.each(['127.0.0.1:80', 'localhost', 'LOCALHOST:8080', '[::1]:80', 'corridor.example.org', 'Corridor.Example.org:443'])('may be %s', async (name) => {
    expect(await gateway.anybody.ask('/api/v1/status', { headers: { host: name } })).toMatchObject({ status: 200 });
  });

  it.each(['evil.example', 'localhost.evil.example', '192.0.2.7', '127.0.0.1.evil.example', 'a b', 'evil@localhost'])('may not be %s', async (name) => {
    for (const path of ['/api/v1/status', '/']) {
      expect(await gateway.anybody.ask(path, { headers: { host: name } })).toMatchObject({ status: 400, json: { reason: 'INVALID_ARGUMENT', metadata: { field: 'Host' } } });
    }
  });

  it('does not matter to those who look whether it lives', async () => {
    expect(await gateway.anybody.ask('/healthz', { headers: { host: '192.0.2.7' } })).toMatchObject({ status: 200 });
  });
});
