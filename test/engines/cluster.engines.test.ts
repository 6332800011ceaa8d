import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeProcess } from '@corridor/runtime/node-process';
import kafkajs from 'kafkajs';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const SECRET = 'bootstrap secret of the tests';
const DATABASE = 'corridor-of-the-cluster';
const broker = process.env['CORRIDOR_TEST_KAFKA'] ?? '';
/** The one given last answers fastest. */
const mongodb = (process.env['CORRIDOR_TEST_MONGODB'] ?? '').split(' ').at(-1) ?? '';
const [DEMONSTRATION_MS, START_MS] = [240_000, 120_000];

const missing = ['CORRIDOR_TEST_KAFKA', 'CORRIDOR_TEST_MONGODB'].filter((variable) => (process.env[variable] ?? '') === '');

it.skipIf(missing.length > 0 && process.env['CORRIDOR_REQUIRE_ENGINES'] !== '1')('the cluster edition has engines to run on', () => {
  expect(missing).toEqual([]);
});

describe.runIf(missing.length === 0)('the cluster edition on one machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'corridor-cluster-'));
  let cluster: NodeProcess;
  let [grpc, http] = ['', ''];

  beforeAll(async () => {
    await forget();
    cluster = new NodeProcess({
      main: join(ROOT, 'services/cluster/src/main.ts'),
      env: {
        PATH: process.env['PATH'],
        CORRIDOR_DATA: folder,
        CORRIDOR_KAFKA: broker,
        CORRIDOR_MONGODB: mongodb,
        CORRIDOR_MONGODB_DATABASE: DATABASE,
        CORRIDOR_GRPC: '127.0.0.1:0',
        CORRIDOR_HTTP: '127.0.0.1:0',
        CORRIDOR_BOOTSTRAP_SECRET: SECRET,
        CORRIDOR_CHECKPOINT_MS: '1000',
      },
    });
    await cluster.reported('node.started');
    [, grpc = '', http = ''] = /^Corridor runs in 7 processes: gRPC on (\S+), HTTP on (\S+)/m.exec(cluster.lines().join('\n')) ?? [];
  }, START_MS);

  afterAll(async () => {
    await cluster.stop('SIGTERM');
    await forget();
    rmSync(folder, { recursive: true });
  });

  it('has two hubs among its processes, and is ready when all of them serve', async () => {
    const ready = await fetch(`${http}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
  });

  it('passes the demonstration on real data, unchanged', async () => {
    const demonstration = new NodeProcess({
      main: join(ROOT, 'services/standalone/scenario/demo-real/main.ts'),
      args: ['--address', grpc],
      env: { ...process.env, CORRIDOR_BOOTSTRAP_SECRET: SECRET },
    });
    const { code, errors } = await demonstration.exited;
    const told = demonstration.lines().join('\n');
    expect([code, errors], told).toEqual([0, []]);
    expect(told.match(/ correct$/gm)).toHaveLength(5);
    expect(told).not.toContain('FAULT');
  }, DEMONSTRATION_MS);

  it('stops in order when it is asked to', async () => {
    const { code, errors } = await cluster.stop('SIGTERM');
    expect([code, errors.filter((line) => line.includes('"level":"error"'))]).toEqual([0, []]);
  });
});

/** The topics of a node have fixed names: what an earlier one left on the engines of the tests goes. */
async function forget(): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: [broker], clientId: 'test', logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith('corridor.'));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await admin.disconnect();
  const client = new MongoClient(mongodb);
  for (const database of [DATABASE, `${DATABASE}_keys`]) await client.db(database).dropDatabase();
  await client.close();
}
