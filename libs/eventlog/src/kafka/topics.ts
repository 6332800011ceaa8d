import { setTimeout as timeout } from 'node:timers/promises';
import { CorridorError } from '@corridor/kernel';
import kafkajs, { type Admin } from 'kafkajs';
import type { TopicSpec } from '../event-log.ts';
import type { Patience } from './patience.ts';

/** How topics are kept on the cluster. */
export interface TopicKeeping {
  /** Replicas of each partition. */
  readonly replicas: number;
  /** Replicas that must have a record before it is acknowledged. */
  readonly minInsync: number;
}

/** What a broker must accept in one batch. */
const MAX_BATCH = 1_048_588;
/** How long a new topic may take to get its leaders, ms. */
const READY_MS = 20_000;

/** The settings of a topic, each stated though some are defaults: a broker may have others. */
const settings = ({ retention }: TopicSpec, { minInsync }: TopicKeeping): Readonly<Record<string, string>> => ({
  'cleanup.policy': 'delete',
  // By time alone, and by the brokers' clocks: a producer whose clock is wrong would have its records dropped too early.
  'retention.ms': retention === 'forever' ? '-1' : String(retention),
  'retention.bytes': '-1',
  'message.timestamp.type': 'LogAppendTime',
  'max.message.bytes': String(MAX_BATCH),
  'min.insync.replicas': String(minInsync),
  // A replica that lacks acknowledged records never leads.
  'unclean.leader.election.enable': 'false',
});

/**
 * Creates the topics that are not there, and checks the others.
 * @throws CorridorError CONFIG_INVALID that names what differs; UNAVAILABLE
 */
export async function declareTopics(admin: Admin, topics: readonly TopicSpec[], keeping: TopicKeeping, patience: Patience): Promise<void> {
  // Asked about none, the cluster tells of all.
  if (topics.length === 0) return;
  await patience.call(async () => {
    // Asking for a topic that is not there takes kafkajs 8 s.
    const there = new Set(await admin.listTopics());
    const missing = topics.filter(({ name }) => !there.has(name));
    if (missing.length > 0) await create(admin, missing, keeping);
    await checkPartitions(admin, topics);
    await checkSettings(admin, topics, keeping);
  });
}

async function create(admin: Admin, topics: readonly TopicSpec[], keeping: TopicKeeping): Promise<void> {
  await admin.createTopics({
    // With it kafkajs gives up when there are many partitions; see below.
    waitForLeaders: false,
    topics: topics.map((spec) => ({
      topic: spec.name,
      numPartitions: spec.partitions,
      replicationFactor: keeping.replicas,
      configEntries: Object.entries(settings(spec, keeping)).map(([name, value]) => ({ name, value })),
    })),
  });
}

async function checkPartitions(admin: Admin, topics: readonly TopicSpec[]): Promise<void> {
  for (const { name, partitions } of await described(admin, topics.map((topic) => topic.name))) {
    const wanted = topics.find((topic) => topic.name === name)?.partitions;
    if (partitions.length !== wanted) throw new CorridorError('CONFIG_INVALID', `topic ${name} has ${partitions.length} partitions, not ${wanted}`);
  }
}

/** The topics once each partition has a leader. */
async function described(admin: Admin, names: readonly string[]): Promise<Awaited<ReturnType<Admin['fetchTopicMetadata']>>['topics']> {
  for (const until = performance.now() + READY_MS; ; ) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [...names] });
      if (topics.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0))) return topics;
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    if (performance.now() > until) throw new CorridorError('UNAVAILABLE', 'the cluster has no leaders for some partitions');
    await timeout(20);
  }
}

async function checkSettings(admin: Admin, topics: readonly TopicSpec[], keeping: TopicKeeping): Promise<void> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map(({ name }) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
  });
  const differences = topics.flatMap((spec) => {
    const entries = new Map(resources.find(({ resourceName }) => resourceName === spec.name)?.configEntries.map(({ configName, configValue }) => [configName, configValue]));
    return Object.entries(settings(spec, keeping)).flatMap(([name, value]) => (entries.get(name) === value ? [] : [`${spec.name}: ${name} is ${entries.get(name)}, not ${value}`]));
  });
  if (differences.length > 0) throw new CorridorError('CONFIG_INVALID', `the topics of the cluster are not kept as they should be: ${differences.join('; ')}`);
}
