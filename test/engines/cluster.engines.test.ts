import { join } from 'node:path';
import { NodeProcess } from '@corridor/runtime/node-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BOOTSTRAP_SECRET, type ClusterUnderTest, ROOT, startCluster } from './cluster-under-test.ts';
import { everyCommandRuns } from './commands/every-command.ts';

const [DEMONSTRATION_MS, START_MS] = [240_000, 120_000];

const missingOf = (...variables: readonly string[]): readonly string[] => variables.filter((variable) => (process.env[variable] ?? '') === '');
const missing = missingOf('CORRIDOR_TEST_KAFKA', 'CORRIDOR_TEST_MONGODB');
/** Partners reach the log at a listener with SCRAM. */
const missingToPartners = missingOf('CORRIDOR_TEST_KAFKA', 'CORRIDOR_TEST_KAFKA_SASL', 'CORRIDOR_TEST_KAFKA_USER', 'CORRIDOR_TEST_MONGODB');

it.skipIf(missing.length > 0 && process.env['CORRIDOR_REQUIRE_ENGINES'] !== '1')('the cluster edition has engines to run on', () => {
  expect(missing).toEqual([]);
});

it.skipIf(missingToPartners.length > 0 && process.env['CORRIDOR_REQUIRE_ENGINES'] !== '1')('the command line has a cluster whose log partners reach', () => {
  expect(missingToPartners).toEqual([]);
});

describe.runIf(missing.length === 0)('the cluster edition on one machine', () => {
  let cluster: ClusterUnderTest;
  beforeAll(async () => {
    cluster = await startCluster(['early-warning']);
  }, START_MS);
  afterAll(() => cluster.remove());

  it('has two hubs among its processes, and is ready when all of them serve', async () => {
    const ready = await fetch(`${cluster.http}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
  });

  it('passes the demonstration on real data, unchanged', async () => {
    const demonstration = new NodeProcess({
      main: join(ROOT, 'services/standalone/scenario/demo-real/main.ts'),
      args: ['--address', cluster.grpc],
      env: { ...process.env, CORRIDOR_BOOTSTRAP_SECRET: BOOTSTRAP_SECRET },
    });
    const { code, errors } = await demonstration.exited;
    const told = demonstration.lines().join('\n');
    expect([code, errors], told).toEqual([0, []]);
    expect(told.match(/ correct$/gm)).toHaveLength(5);
    expect(told).not.toContain('FAULT');
  }, DEMONSTRATION_MS);

  it('stops in order when it is asked to', async () => {
    const { code } = await cluster.stop();
    expect([code, cluster.failures()]).toEqual([0, []]);
  });
});

describe.runIf(missingToPartners.length === 0)('the command line at the cluster edition', () => {
  everyCommandRuns(START_MS);
});
