import { afterEach, describe, expect, it } from 'vitest';
import type { Condition } from './node/condition.ts';
import { OPERATOR, startGateway, type TestGateway, type TestGatewayOptions } from './testing/test-gateway.ts';

const running: TestGateway[] = [];
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.stop();
});

async function started(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const gateway = await startGateway(options);
  running.push(gateway);
  return gateway;
}

const well: Condition = { name: 'hub', unwell: undefined };
const unwell: Condition = { name: 'audit', unwell: 'records get no leaves: STORAGE_FULL' };

describe('a gateway', () => {
  it('is ready while every part of the node is well, and says which is not and why', async () => {
    let conditions = [well];
    const { anybody } = await started({ conditions: () => conditions });
    expect(await anybody.ask('/readyz')).toMatchObject({ status: 200, json: { status: 'ready' } });
    conditions = [well, unwell];
    expect(await anybody.ask('/readyz')).toMatchObject({ status: 503, json: { status: 'not ready', reasons: ['audit: records get no leaves: STORAGE_FULL'] } });
  });

  it('is alive whatever the state of the node', async () => {
    const { anybody } = await started({ conditions: () => [unwell] });
    expect(await anybody.ask('/healthz')).toMatchObject({ status: 200, json: { status: 'alive' } });
  });

  it('tells everybody what works, and operators alone why something does not', async () => {
    const { anybody, browser } = await started({ conditions: () => [well, unwell] });
    const parts = [{ name: 'hub', state: 'up' }, { name: 'audit', state: 'down' }];
    expect((await anybody.ask('/api/v1/status')).json).toEqual({ state: 'down', time: '2026-01-01T00:00:00.000Z', parts });
    expect((await (await browser()).ask('/api/v1/status')).json).toMatchObject({ parts });
    const reason = 'records get no leaves: STORAGE_FULL';
    expect((await (await browser(OPERATOR)).ask('/api/v1/status')).json).toMatchObject({ state: 'down', parts: [parts[0], { ...parts[1], reason }] });
  });

  it('tells nobody what it is built with, lets nobody frame its pages, and runs no script but its own', async () => {
    const { anybody } = await started();
    for (const path of ['/healthz', '/', '/api/v1/status', '/api/v1/nothing']) {
      const { headers } = await anybody.ask(path);
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-frame-options']).toBe('DENY');
      expect(headers['content-security-policy']).toBe("default-src 'self';object-src 'none';base-uri 'none';form-action 'self';frame-ancestors 'none'");
      expect(headers['strict-transport-security']).toBeUndefined();
    }
  });

  it('lets nobody store what the API answers', async () => {
    const { anybody } = await started();
    for (const path of ['/api/v1/status', '/api/v1/nothing', '/api/v1/openapi.json', '/readyz']) expect((await anybody.ask(path)).headers['cache-control']).toBe('no-store');
  });

  it('refuses what is not there in the form of every refusal', async () => {
    const { anybody } = await started();
    for (const path of ['/api/v1/nothing', '/api/v2/hub/list-updates', '/api/v1/registry/issue-token', '/api/v1/registry/found', '/admin.php', '/%zz']) {
      expect(await anybody.ask(path)).toMatchObject({ status: 404, json: { reason: 'NOT_FOUND', message: expect.any(String), todo: expect.any(String), metadata: {} } });
    }
  });

  it('names the port that is in use', async () => {
    const { gateway, again } = await started();
    await expect(again({ listener: { host: '127.0.0.1', port: gateway.port() ?? 0 } })).rejects.toMatchObject({ reason: 'CONFIG_INVALID', message: expect.stringContaining('the port is in use') });
  });

  it('does not listen in clear where others can reach it', async () => {
    const { again } = await started();
    await expect(again({ listener: { host: '0.0.0.0', port: 0 } })).rejects.toMatchObject({ reason: 'LISTENER_INSECURE' });
  });

  it('answers nothing after it has stopped', async () => {
    const { gateway, anybody } = await started();
    await gateway.stop();
    await expect(anybody.ask('/healthz')).rejects.toThrow();
  });
});
