import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { count } from './metrics.ts';
import { begin } from './spans.ts';
import { startTelemetry } from './start.ts';

const told: [string, Readonly<Record<string, string>>][] = [];
const report = (_: 'warn', event: string, facts: Readonly<Record<string, string>>): void => void told.push([event, facts]);
const start = () => startTelemetry({ service: 'corridor-test', report });
afterEach(() => {
  told.length = 0;
});

/** An address of this machine that counts who connects, and answers nobody. */
async function silent(): Promise<{ readonly url: string; readonly connections: () => number; readonly close: () => void }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { url: `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`, connections: () => connections, close: () => server.close() };
}

describe('telemetry', () => {
  it.each<[string, Readonly<Record<string, string>>, { readonly traces: boolean; readonly metrics: boolean }]>([
    ['nothing is set', {}, { traces: false, metrics: false }],
    ['an endpoint is named', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, { traces: true, metrics: true }],
    ['an endpoint of one signal is named', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9/v1/traces' }, { traces: true, metrics: false }],
    ['an exporter is asked for', { OTEL_METRICS_EXPORTER: 'otlp' }, { traces: false, metrics: true }],
    ['exporters are refused', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_TRACES_EXPORTER: 'none' }, { traces: false, metrics: true }],
    ['all is disabled', { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, { traces: false, metrics: false }],
    ['an endpoint is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, { traces: false, metrics: false }],
  ])('where %s exports as it should', async (_, env, exports) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const telemetry = await start();
    expect(telemetry.exports).toEqual(exports);
    await telemetry.stop();
  });

  it('says which settings it does not follow', async () => {
    vi.stubEnv('OTEL_TRACES_EXPORTER', 'zipkin,otlp');
    vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc');
    vi.stubEnv('OTEL_TRACES_SAMPLER', 'xray');
    await (await start()).stop();
    expect(told.filter(([event]) => event === 'telemetry.setting-ignored').map(([, { variable }]) => variable)).toEqual(['OTEL_TRACES_EXPORTER', 'OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_TRACES_SAMPLER']);
  });

  it('that nobody takes is dropped: the end waits for two seconds and no longer, and it is told without content', async () => {
    const { url, connections, close } = await silent();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', url);
    vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '1000');
    const telemetry = await start();
    begin('publish', { 'corridor.agency': 'secret' }).end();
    count('corridor.audit.leaves', 1, {});
    const began = performance.now();
    await telemetry.stop();
    expect(performance.now() - began).toBeLessThan(4000);
    expect(connections()).toBeGreaterThan(0);
    await vi.waitFor(() => expect(told.map(([event]) => event)).toContain('telemetry.not-exported'), { timeout: 10_000 });
    expect(JSON.stringify(told)).not.toContain('secret');
    close();
  });
});
