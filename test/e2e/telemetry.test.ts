import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@corridor/client';
import { newUuid } from '@corridor/kernel';
import { startChildNode, type ChildNode } from '@corridor/standalone/child-node';
import { startTelemetry, type Telemetry } from '@corridor/telemetry';
import { ATTRIBUTES, METRICS, SPANS } from '@corridor/telemetry/names';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openReceiver, type OtlpReceiver } from './telemetry/otlp-receiver.ts';
import { check, play } from './telemetry/story.ts';
import { arrivals, assemble, CANARIES, CANARY, CANARY_COUNT, enter } from './telemetry/warned-company.ts';

const SOON = { timeout: 15_000, interval: 100 };
const FOLDER = mkdtempSync(join(tmpdir(), 'corridor-telemetry-'));

let receiver: OtlpReceiver;
let node: ChildNode;
let application: Telemetry;
let lines: readonly string[] = [];
let token = '';

beforeAll(async () => {
  receiver = await openReceiver();
  const exporting = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '50', OTEL_METRIC_EXPORT_INTERVAL: '300', OTEL_METRIC_EXPORT_TIMEOUT: '300' };
  node = await startChildNode({ folder: FOLDER, args: ['--empty'], env: { ...exporting, CORRIDOR_BOOTSTRAP_SECRET: CANARIES.bootstrap } });
  for (const [name, value] of Object.entries({ ...exporting, OTEL_METRICS_EXPORTER: 'none' })) vi.stubEnv(name, value);
  application = await startTelemetry({ service: 'application', report: () => {} });
  await assemble(node.grpc);
  await play(node.grpc);
  token = await misbehave(node);
}, 120_000);

afterAll(async () => {
  await application.stop();
  await node.stop();
  await receiver.close();
  rmSync(FOLDER, { recursive: true });
});

/** Sends words that belong nowhere, where the node has to refuse them. @returns a token of one who may call */
async function misbehave({ grpc, http }: ChildNode): Promise<string> {
  const alpha = enter(grpc, 'alpha');
  const stranger = connect({ address: grpc, credentials: { actor: 'agencies/alpha/actors/staff-1', secret: CANARIES.refused } });
  const request = arrivals(newUuid(), CANARY_COUNT);
  await expect(alpha.hub.publish({ ...request, series: `agencies/alpha/series/${CANARIES.refused}` })).rejects.toThrow();
  await expect(alpha.alerts.getAlert({ name: CANARIES.refused })).rejects.toThrow();
  await expect(stranger.hub.publish(request)).rejects.toThrow();
  const path = `${http}/api/v1/${CANARIES.path}?q=${CANARIES.path}`;
  await fetch(path, { headers: { authorization: `Bearer ${CANARIES.refused}`, 'user-agent': CANARIES.refused } });
  const given = await alpha.accessToken();
  alpha.close();
  stranger.close();
  return given;
}

describe('what a node tells by OTLP', () => {
  it('shows an update from its publisher to its recipients and to an alert, and who answered that', async () => {
    await vi.waitFor(() => expect(() => check(receiver.spans)).not.toThrow(), SOON);
  });

  it('has no names but those of the registry', async () => {
    const allowed = Object.values(SPANS).map(({ name }) => new RegExp(`^${name.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '\\S+')}$`));
    const own = receiver.spans.filter(({ name }) => !/^(report of|answer of) the /.test(name));
    expect(own.map(({ name }) => name).filter((name) => !allowed.some((pattern) => pattern.test(name)))).toEqual([]);
    await vi.waitFor(() => expect(receiver.points.length).toBeGreaterThan(0), SOON);
    const points = receiver.points;
    expect([...new Set(points.map(({ metric }) => metric))].filter((name) => !(name in METRICS))).toEqual([]);
    const attributes = [...own.flatMap((span) => Object.keys(span.attributes)), ...points.flatMap(({ labels }) => Object.keys(labels))];
    expect([...new Set(attributes)].filter((name) => !(name in ATTRIBUTES))).toEqual([]);
  });

  it('measures what operators ask for', async () => {
    const value = (metric: string, labels: Readonly<Record<string, string>> = {}): number | undefined =>
      receiver.points.findLast((point) => point.metric === metric && Object.entries(labels).every(([name, is]) => point.labels[name] === is))?.value;
    await vi.waitFor(() => {
      expect(value('corridor.publish.updates', { 'corridor.agency': 'alpha', 'corridor.outcome': 'accepted' })).toBe(1);
      expect(value('corridor.publish.duration')).toBe(1);
      expect(value('corridor.deliveries', { 'corridor.agency': 'beta', 'corridor.channel': 'stream' })).toBe(1);
      expect(value('corridor.deliveries', { 'corridor.agency': 'early-warning', 'corridor.channel': 'topic' })).toBe(1);
      expect(value('corridor.decisions', { 'corridor.decision': 'allow' })).toBeGreaterThan(1);
      expect(value('corridor.alerts.changes', { 'corridor.alert.cause': 'duty.acknowledged' })).toBe(1);
      expect(value('corridor.alerts.latency')).toBe(1);
      expect(value('corridor.alerts.duties.overdue')).toBe(0);
      expect(value('corridor.rpc.refused', { 'corridor.reason': 'UNAUTHENTICATED' })).toBeGreaterThan(0);
      expect(value('corridor.log.lag', { 'corridor.group': 'alerts-intake' })).toBe(0);
      expect(value('corridor.outbox.age', { 'corridor.collection': 'alerts.alerts' })).toBe(0);
      expect(value('corridor.policy.confirmation.age')).toBeLessThan(5);
      expect(value('corridor.audit.leaves')).toBeGreaterThan(10);
      expect(value('corridor.unwell', { 'corridor.part': 'hub' })).toBe(0);
      expect(value('corridor.fold.lag')).toBe(0);
      expect(value('process.memory.usage')).toBeGreaterThan(1e7);
      expect(value('http.server.request.duration', { 'http.route': 'none' })).toBeGreaterThan(0);
    }, SOON);
  });

  it('has nothing in it of what is exchanged, of secrets and tokens, nor has what it writes down', async () => {
    await vi.waitFor(() => expect(() => check(receiver.spans)).not.toThrow(), SOON);
    await node.stop();
    lines = [...node.lines(), ...(await node.exited).errors];
    expect(lines.length).toBeGreaterThan(0);
    // What is looked for would be found: a name that may be there is.
    expect(receiver.bodies.filter(({ bytes }) => bytes.includes('early-warning')).length).toBeGreaterThan(0);
    const secrets = [CANARY, token, token.split('.')[2] ?? token, String(CANARY_COUNT)];
    for (const secret of secrets) {
      expect(receiver.bodies.filter(({ bytes }) => bytes.includes(secret)).map(({ path }) => path), secret).toEqual([]);
      expect(lines.filter((line) => line.includes(secret)), secret).toEqual([]);
    }
    const numbers = [...receiver.spans.map(({ attributes }) => attributes), ...receiver.points.map(({ labels }) => labels)].flatMap((attributes) => Object.values(attributes));
    expect(numbers).not.toContain(Number(CANARY_COUNT));
  });
});
