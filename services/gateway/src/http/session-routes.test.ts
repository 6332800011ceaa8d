import { afterEach, describe, expect, it } from 'vitest';
import { cookieIn, HOUR_MS, OPERATOR, READER, SECRET, START, startGateway, type TestGateway, type TestGatewayOptions } from '../testing/test-gateway.ts';

const running: TestGateway[] = [];
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.stop();
});

async function started(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const gateway = await startGateway(options);
  running.push(gateway);
  return gateway;
}

const signIn = ({ anybody }: Pick<TestGateway, 'anybody'>, body: unknown = { actor: READER, secret: SECRET }) => anybody.ask('/api/v1/session', { method: 'POST', body });
const CLEARED = [expect.stringMatching(/^corridor_session=; Path=\/; Expires=Thu, 01 Jan 1970/)];

describe('a session', () => {
  it('is in a cookie that no script reads and no other site sends, until its token ends', async () => {
    const gateway = await started();
    const { status, headers, json, text } = await signIn(gateway);
    expect(status).toBe(200);
    expect(json).toMatchObject({ actor: READER, agency: 'agencies/relief', agencyState: 'active', expireTime: new Date(START + HOUR_MS).toISOString() });
    const [cookie, ...attributes] = (headers['set-cookie']?.[0] ?? '').split('; ');
    expect(cookie).toMatch(/^corridor_session=[\w-]{100,}$/);
    expect(attributes.toSorted()).toEqual([`Expires=${new Date(START + HOUR_MS).toUTCString()}`, 'HttpOnly', 'Path=/', 'SameSite=Strict']);
    // Neither the token nor the actor can be read from it.
    for (const part of (cookie ?? '').split('=')[1]?.match(/.{40}/g) ?? []) expect(Buffer.from(part, 'base64url').toString()).not.toMatch(/relief|eyJ/);
    expect(text).not.toContain('eyJ');
  });

  it('tells who is signed in and what its roles are offered', async () => {
    const { browser } = await started();
    const { json } = await (await browser()).ask('/api/v1/session');
    expect(json).toMatchObject({ actor: READER, roles: [{ role: 'reader', actions: expect.arrayContaining(['hub/list-updates', 'hub/subscribe']) }] });
    expect(json).toMatchObject({ actions: expect.not.arrayContaining(['hub/publish']) });
  });

  it('offers only what the node serves', async () => {
    const { browser } = await started({ demandOf: (rpc) => (rpc.endsWith('/ListPlaces') ? { roles: 'every actor' } : undefined) });
    expect((await (await browser(OPERATOR)).ask('/api/v1/session')).json).toMatchObject({ actions: ['hub/list-places'] });
    expect(await (await browser()).ask('/api/v1/hub/list-updates')).toMatchObject({ status: 404, json: { reason: 'NOT_FOUND' } });
  });

  it('holds in another replica, and after a restart', async () => {
    const gateway = await started();
    const cookie = cookieIn((await signIn(gateway)).headers);
    const other = await gateway.again();
    expect(await other.anybody.ask('/api/v1/session', { headers: { cookie } })).toMatchObject({ status: 200, json: { actor: READER } });
  });

  it('that has expired is refused, and its cookie taken back', async () => {
    const { browser, clock } = await started();
    const reader = await browser();
    clock.advance(HOUR_MS - 1);
    expect(await reader.ask('/api/v1/session')).toMatchObject({ status: 200 });
    clock.advance(1);
    const refused = await reader.ask('/api/v1/session');
    expect(refused).toMatchObject({ status: 401, json: { reason: 'UNAUTHENTICATED' } });
    expect(refused.headers['set-cookie']).toEqual(CLEARED);
    expect(refused.headers['www-authenticate']).toBe('Bearer');
  });

  it('that was tampered with is refused, and its cookie taken back', async () => {
    const gateway = await started();
    const cookie = cookieIn((await signIn(gateway)).headers);
    const changed = (at: number) => `${cookie.slice(0, at)}${cookie[at] === 'A' ? 'B' : 'A'}${cookie.slice(at + 1)}`;
    for (const forged of [changed(20), changed(cookie.length - 5), cookie.slice(0, -4), 'corridor_session=', 'corridor_session=%%%', 'corridor_session=eyJhbGciOiJub25lIn0.e30.']) {
      const refused = await gateway.anybody.ask('/api/v1/session', { headers: { cookie: forged } });
      expect(refused).toMatchObject({ status: 401, json: { reason: 'UNAUTHENTICATED' } });
      expect(refused.headers['set-cookie']).toEqual(CLEARED);
    }
  });

  it('is never a bare token in the cookie, nor a sealed one in the header', async () => {
    const gateway = await started();
    const sealed = cookieIn((await signIn(gateway)).headers).split('=')[1] ?? '';
    expect(await gateway.anybody.ask('/api/v1/session', { headers: { authorization: `Bearer ${sealed}` } })).toMatchObject({ status: 401 });
    const bare = (await gateway.program()).header('authorization')?.replace('Bearer ', '') ?? '';
    expect(await gateway.anybody.ask('/api/v1/session', { headers: { authorization: `Bearer ${bare}` } })).toMatchObject({ status: 200 });
    expect(await gateway.anybody.ask('/api/v1/session', { headers: { cookie: `corridor_session=${bare}` } })).toMatchObject({ status: 401 });
    expect(await gateway.anybody.ask('/api/v1/session', { headers: { authorization: 'Basic eDp5' } })).toMatchObject({ status: 401 });
    expect(await gateway.anybody.ask('/api/v1/session')).toMatchObject({ status: 401, json: { message: 'nobody is signed in' } });
  });

  it('ends by signing out, also when it has ended before', async () => {
    const { browser, anybody } = await started();
    for (const caller of [await browser(), anybody]) {
      const out = await caller.ask('/api/v1/session', { method: 'DELETE' });
      expect([out.status, out.headers['set-cookie']]).toEqual([204, CLEARED]);
    }
  });
});

describe('signing in', () => {
  it('is refused with a wrong secret, and leaves nothing behind', async () => {
    const refused = await signIn(await started(), { actor: READER, secret: 'another secret of the test' });
    expect(refused).toMatchObject({ status: 401, json: { reason: 'UNAUTHENTICATED', message: 'there is no such actor with this secret' } });
    expect(refused.headers['set-cookie']).toBeUndefined();
  });

  it.each([['{"actor": "x", "secret": "y", "role": "operator"}'], ['{"actor": ["x"]}'], ['null'], ['']])('is refused with %s', async (body) => {
    expect(await signIn(await started(), body)).toMatchObject({ status: 400, json: { reason: 'INVALID_ARGUMENT' } });
  });

  it('is limited for each address, and says how long to wait', async () => {
    const gateway = await started({ limits: { signInsPerMinute: 3 } });
    for (let i = 0; i < 3; i += 1) expect((await signIn(gateway)).status).toBe(200);
    const refused = await signIn(gateway);
    expect(refused).toMatchObject({ status: 429, json: { reason: 'RATE_LIMITED', metadata: { limit: '3' } } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(gateway.reports.join()).not.toContain('http.failed');
  });
});

describe('calls', () => {
  it('are limited for each actor, whichever session it has', async () => {
    const { browser, program } = await started({ limits: { callsPerMinute: 3 } });
    const [reader, tool, other] = [await browser(), await program(), await program('agencies/relief/actors/reader-2')];
    for (const caller of [reader, tool, reader]) expect((await caller.ask('/api/v1/status')).status).toBe(200);
    for (const caller of [reader, tool]) expect(await caller.ask('/api/v1/status')).toMatchObject({ status: 429, json: { reason: 'RATE_LIMITED' } });
    expect((await other.ask('/api/v1/status')).status).toBe(200);
  });
});
