/**
 * `npm run test:traces`: the story of test/e2e/telemetry against a real Jaeger. It takes OTLP where
 * OTEL_EXPORTER_OTLP_ENDPOINT says (http://127.0.0.1:4318) and answers queries where CORRIDOR_TEST_JAEGER says
 * (http://127.0.0.1:16686). It starts a node of one process, unless CORRIDOR_TEST_NODE names one that runs, is empty and
 * exports to the same Jaeger, e.g. one of the cluster edition; CORRIDOR_BOOTSTRAP_SECRET is then its secret.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startChildNode } from '@corridor/standalone/child-node';
import { startTelemetry } from '@corridor/telemetry';
import { spansOf } from './jaeger.ts';
import { check, play } from './story.ts';
import { assemble, CANARIES } from './warned-company.ts';

/** For how long Jaeger may take to show what it was sent, ms. */
const PATIENCE = 30_000;

const jaeger = process.env['CORRIDOR_TEST_JAEGER'];
const endpoint = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];

if (jaeger === undefined || endpoint === undefined) {
  console.error('test:traces needs a Jaeger: CORRIDOR_TEST_JAEGER (where it answers queries, e.g. http://127.0.0.1:16686) and OTEL_EXPORTER_OTLP_ENDPOINT (where it takes OTLP over HTTP, e.g. http://127.0.0.1:4318)');
  process.exitCode = 1;
} else {
  await run(jaeger, endpoint);
}

async function run(query: string, otlp: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'corridor-traces-'));
  // Of this run alone, whatever else Jaeger was sent before.
  const service = `corridor-traces-${process.pid}`;
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: otlp, OTEL_METRICS_EXPORTER: 'none', OTEL_BSP_SCHEDULE_DELAY: '100' };
  const { CORRIDOR_TEST_NODE: running, CORRIDOR_BOOTSTRAP_SECRET: bootstrapSecret = CANARIES.bootstrap } = process.env;
  const started = running === undefined ? await startChildNode({ folder, args: ['--empty'], env: { ...env, OTEL_SERVICE_NAME: service, CORRIDOR_BOOTSTRAP_SECRET: bootstrapSecret } }) : undefined;
  const address = running ?? started?.grpc ?? '';
  Object.assign(process.env, env);
  const application = await startTelemetry({ service: `${service}-application`, report: (_, event) => console.error(event) });
  try {
    await assemble(address, bootstrapSecret);
    await play(address);
    await application.stop();
    await eventually(async () => check(await spansOf(query, `${service}-application`)));
    console.log('ok  Jaeger shows one trace from publishing to delivery and to the alert, and the acknowledgement that links to it');
  } finally {
    await application.stop();
    await started?.stop();
    rmSync(folder, { recursive: true });
  }
}

async function eventually(attempt: () => Promise<void>): Promise<void> {
  for (const deadline = Date.now() + PATIENCE; ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await wait(500);
  }
}
