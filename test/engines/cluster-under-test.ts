import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPartnerTopic, partnerTopicName } from '@corridor/eventlog';
import { agencyId } from '@corridor/kernel';
import { type Exit, NodeProcess } from '@corridor/runtime/node-process';
import kafkajs from 'kafkajs';
import { MongoClient } from 'mongodb';

export const ROOT = join(import.meta.dirname, '..', '..');
export const BOOTSTRAP_SECRET = 'bootstrap secret of the tests';
const DATABASE = 'corridor-of-the-cluster';
const broker = process.env['CORRIDOR_TEST_KAFKA'] ?? '';
/** The one given last answers fastest. */
const mongodb = (process.env['CORRIDOR_TEST_MONGODB'] ?? '').split(' ').at(-1) ?? '';

/** A cluster on one machine, as `npm run cluster` starts it, that nobody has founded. */
export interface ClusterUnderTest {
  /** Where partners reach gRPC, `host:port`. */
  readonly grpc: string;
  /** Where HTTP is, a URL. */
  readonly http: string;
  /** What its processes have reported as errors so far. */
  failures(): readonly string[];
  /** Ends it in order. */
  stop(): Promise<Exit>;
  /** Ends it, and takes away what it left on the engines. */
  remove(): Promise<void>;
}

/**
 * Starts one. The topics of a node have fixed names, so that there is one at a time on the engines of the tests.
 * @param partners agencies whose own topics it may have; those of other tests lie side by side with them
 * @param env what it is told besides
 */
export async function startCluster(partners: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ClusterUnderTest> {
  const forget = async (): Promise<void> => {
    await forgetTopics(partners);
    await forgetDocuments();
  };
  await forget();
  const folder = mkdtempSync(join(tmpdir(), 'corridor-cluster-'));
  const failures: string[] = [];
  const cluster = new NodeProcess({
    main: join(ROOT, 'services/cluster/src/main.ts'),
    env: {
      PATH: process.env['PATH'],
      CORRIDOR_DATA: folder,
      CORRIDOR_KAFKA: broker,
      CORRIDOR_MONGODB: mongodb,
      CORRIDOR_MONGODB_DATABASE: DATABASE,
      CORRIDOR_GRPC: '127.0.0.1:0',
      CORRIDOR_HTTP: '127.0.0.1:0',
      CORRIDOR_BOOTSTRAP_SECRET: BOOTSTRAP_SECRET,
      CORRIDOR_CHECKPOINT_MS: '1000',
      ...env,
    },
    onLine: (line) => {
      if (line.includes('"level":"error"')) failures.push(line);
    },
  });
  await cluster.reported('node.started');
  const [, grpc = '', http = ''] = /^Corridor runs in 7 processes: gRPC on (\S+), HTTP on (\S+)/m.exec(cluster.lines().join('\n')) ?? [];
  return {
    grpc,
    http,
    failures: () => failures,
    stop: () => cluster.stop('SIGTERM'),
    remove: async () => {
      await cluster.stop('SIGTERM');
      await forget();
      rmSync(folder, { recursive: true });
    },
  };
}

async function forgetTopics(partners: readonly string[]): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: [broker], clientId: 'test', logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  const own = new Set<string>(partners.map((agency) => partnerTopicName(agencyId(agency))));
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith('corridor.') && (own.has(topic) || !isPartnerTopic(topic)));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await admin.disconnect();
}

async function forgetDocuments(): Promise<void> {
  const client = new MongoClient(mongodb);
  for (const database of [DATABASE, `${DATABASE}_keys`]) await client.db(database).dropDatabase();
  await client.close();
}
