import { afterEach, describe, expect, it } from 'vitest';
import { build, type Gateway } from './service.ts';
import type { Condition } from './http/health.ts';

const running: Gateway[] = [];
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.stop();
});

async function serving(conditions: () => readonly Condition[]): Promise<{ readonly gateway: Gateway; get(path: string): Promise<Response> }> {
  const gateway = build({ listener: { host: '127.0.0.1', port: 0 } }, { conditions, report: () => undefined });
  await gateway.start();
  running.push(gateway);
  return { gateway, get: (path) => fetch(`http://127.0.0.1:${gateway.port() ?? 0}${path}`) };
}

const well: Condition = { name: 'hub', unwell: undefined };
const unwell: Condition = { name: 'audit', unwell: 'records get no leaves: STORAGE_FULL' };

describe('a gateway', () => {
  it('is ready while every part of the node is well, and says which is not and why', async () => {
    let conditions = [well];
    const { get } = await serving(() => conditions);
    const ready = await get('/readyz');
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
    conditions = [well, unwell];
    const unready = await get('/readyz');
    expect([unready.status, await unready.json()]).toEqual([503, { status: 'not ready', reasons: ['audit: records get no leaves: STORAGE_FULL'] }]);
  });

  it('is alive whatever the state of the node', async () => {
    const { get } = await serving(() => [unwell]);
    const alive = await get('/healthz');
    expect([alive.status, await alive.json()]).toEqual([200, { status: 'alive' }]);
  });

  it('tells nobody what it is built with, and lets nobody cache or frame its answers', async () => {
    const { get } = await serving(() => [well]);
    const { headers } = await get('/readyz');
    expect(headers.has('x-powered-by')).toBe(false);
    expect([headers.get('x-content-type-options'), headers.get('x-frame-options'), headers.get('cache-control')]).toEqual(['nosniff', 'SAMEORIGIN', 'no-store']);
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
  });

  it('refuses what is not there in the form of every refusal', async () => {
    const { get } = await serving(() => [well]);
    const refused = await get('/admin');
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({ reason: 'NOT_FOUND' });
  });

  it('names the port that is in use', async () => {
    const { gateway } = await serving(() => []);
    const second = build({ listener: { host: '127.0.0.1', port: gateway.port() ?? 0 } }, { conditions: () => [], report: () => undefined });
    await expect(second.start()).rejects.toMatchObject({ reason: 'CONFIG_INVALID', message: expect.stringContaining('the port is in use') });
  });

  it('does not listen in clear where others can reach it', () => {
    const insecure = () => build({ listener: { host: '0.0.0.0', port: 0 } }, { conditions: () => [], report: () => undefined });
    expect(insecure).toThrow(expect.objectContaining({ reason: 'LISTENER_INSECURE' }));
  });

  it('answers nothing after it has stopped', async () => {
    const { gateway, get } = await serving(() => [well]);
    await gateway.stop();
    await expect(get('/healthz')).rejects.toThrow();
  });
});
