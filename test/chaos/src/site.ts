import { type RunningCluster, startCluster, USUAL_REPLICAS } from '@corridor/cluster';
import { systemClock, type Clock } from '@corridor/kernel';
import { makeMasterKey } from '@corridor/runtime';
import { freePort, startNode } from '@corridor/test-e2e/node-process';
import type { ChildNode } from '@corridor/standalone/child-node';
import { join } from 'node:path';
import type { Engine } from './engine.ts';
import { endsOfTopics, type InTopic, type KafkaAccess, readPartnerTopic } from './topics.ts';

/** So many lines of each process are told when a run fails. */
const LINES = 12;
/** How long a partner's topic may take to hold what is wanted, ms. */
const READ_MS = 60_000;
const BOOTSTRAP_SECRET = 'bootstrap secret of the runs';
const COMMON = { CORRIDOR_BOOTSTRAP_SECRET: BOOTSTRAP_SECRET, CORRIDOR_CHECKPOINT_MS: '1000', CORRIDOR_LOG_ORIGIN: 'test.local/chaos' } as const;

/** A node that a run loads, ends in parts, and takes stock of. */
export interface Site {
  /** Where its door for gRPC is. */
  readonly address: string;
  readonly bootstrapSecret: string;
  /** What went wrong by itself since the last call: processes that ended unasked, errors that were reported. */
  unasked(): readonly string[];
  /** The last lines of each process. */
  lines(): readonly string[];
  /** How many records are in all topics that the audit log covers; undefined where nobody outside can tell. */
  records(): Promise<number | undefined>;
  /** What the partner's topic of an agency holds of some series, at the latest when all that is wanted is there; undefined where there are none. */
  inPartnerTopic(agency: string, series: readonly string[], wanted: readonly string[]): Promise<InTopic | undefined>;
  stop(): Promise<void>;
}

/** The cluster edition, with the engines it stands on. */
export interface ClusterSite extends Site {
  readonly clock: Clock;
  readonly kafka: Engine;
  readonly mongodb: Engine;
  /** Ends a process by a signal; resolves when its successor serves. */
  end(process: string, signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Stops every process in order, does something, and starts them all again at the same address. */
  restart(meanwhile: () => Promise<void>): Promise<void>;
}

export interface Engines {
  readonly kafka: Engine;
  readonly mongodb: Engine;
  /** How this process reads the log. */
  readonly access: KafkaAccess;
  /** CORRIDOR_KAFKA, CORRIDOR_MONGODB and what belongs to them. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Starts the cluster edition over engines that hold nothing of another node. @param folder for its keys */
export async function startClusterSite(folder: string, { kafka, mongodb, access, env }: Engines): Promise<ClusterSite> {
  const key = join(folder, 'master.key');
  makeMasterKey(key);
  const watch = new ProcessWatch();
  const port = await freePort();
  const own = { CORRIDOR_MASTER_KEY_FILE: key, CORRIDOR_GRPC: `127.0.0.1:${port}`, CORRIDOR_HTTP: '127.0.0.1:0' };
  const start = (): Promise<RunningCluster> =>
    startCluster({
      replicas: USUAL_REPLICAS,
      env: { PATH: process.env['PATH'], ...env, ...COMMON, ...own },
      clock: systemClock,
      onLine: (name, line) => watch.take(name, line),
    });
  let cluster = await start();
  return {
    clock: systemClock,
    kafka,
    mongodb,
    address: cluster.grpc,
    bootstrapSecret: BOOTSTRAP_SECRET,
    unasked: () => watch.unasked(),
    lines: () => watch.lines(),
    records: () => endsOfTopics(access),
    inPartnerTopic: (agency, series, wanted) => readPartnerTopic(access, `corridor.out.${agency}`, series, wanted, READ_MS),
    stop: () => cluster.stop(),
    async end(name, signal) {
      const replica = cluster.replicas.get(name);
      if (replica === undefined) throw new Error(`there is no ${name}`);
      watch.asked(name);
      await replica.kill(signal);
      await replica.serving();
    },
    async restart(meanwhile) {
      for (const name of cluster.replicas.keys()) watch.asked(name);
      await cluster.stop();
      await meanwhile();
      cluster = await start();
    },
  };
}

/** The embedded edition in a process of its own. */
export interface NodeSite extends Site {
  /** Ends it by SIGKILL and begins it again at the same address. */
  kill(): Promise<void>;
}

/** Starts the embedded edition over a folder. */
export async function startNodeSite(folder: string): Promise<NodeSite> {
  const port = await freePort();
  let node: ChildNode = await startNode(folder, port, COMMON);
  return {
    address: `127.0.0.1:${port}`,
    bootstrapSecret: BOOTSTRAP_SECRET,
    unasked: () => node.failures(),
    lines: () => node.failures().slice(-LINES),
    records: () => Promise.resolve(undefined),
    inPartnerTopic: () => Promise.resolve(undefined),
    stop: async () => void (await node.stop('SIGTERM')),
    async kill() {
      await node.stop('SIGKILL');
      node = await startNode(folder, port, COMMON);
    },
  };
}

/** What the processes of a cluster report. */
class ProcessWatch {
  readonly #lines = new Map<string, string[]>();
  readonly #starts = new Map<string, number>();
  readonly #errors: string[] = [];

  take(name: string, line: string): void {
    if (line.includes('"event":"process.started"')) this.#starts.set(name, (this.#starts.get(name) ?? -1) + 1);
    if (line.includes('"level":"error"')) this.#errors.push(`${name}: ${line}`);
    const lines = this.#lines.get(name) ?? [];
    this.#lines.set(name, [...lines, line].slice(-LINES));
  }

  /** The next start of this process was wanted. */
  asked(name: string): void {
    this.#starts.set(name, (this.#starts.get(name) ?? 0) - 1);
  }

  unasked(): readonly string[] {
    const restarted = [...this.#starts].filter(([, times]) => times > 0).map(([name, times]) => `${name} ended by itself${times > 1 ? `, ${times} times` : ''}`);
    for (const [name, times] of this.#starts) this.#starts.set(name, Math.min(times, 0));
    return [...restarted, ...this.#errors.splice(0)];
  }

  lines(): readonly string[] {
    return [...this.#lines].flatMap(([name, lines]) => lines.map((line) => `${name.padEnd(11)} ${line}`));
  }
}
