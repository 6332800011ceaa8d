import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningCluster, startCluster, USUAL_REPLICAS } from '@corridor/cluster';
import { systemClock } from '@corridor/kernel';
import { makeMasterKey } from '@corridor/runtime';
import { type NodeProcess, residentMegabytes } from './node-process.ts';

/** Starts the cluster edition on this machine, over engines that hold nothing of another node. */
export async function startClusterNode(env: Readonly<Record<string, string | undefined>>): Promise<NodeProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'corridor-bench-'));
  const key = join(folder, 'master.key');
  makeMasterKey(key);
  const bootstrapSecret = 'bench-bootstrap-secret';
  const own = { CORRIDOR_MASTER_KEY_FILE: key, CORRIDOR_BOOTSTRAP_SECRET: bootstrapSecret, CORRIDOR_GRPC: '127.0.0.1:0', CORRIDOR_HTTP: '127.0.0.1:0' };
  const onLine = (name: string, line: string): void => {
    if (!line.includes('"level":"info"')) console.error(name, line);
  };
  const start = (more: Readonly<Record<string, string>>): Promise<RunningCluster> =>
    startCluster({ replicas: USUAL_REPLICAS, env: { ...env, ...own, ...more }, clock: systemClock, onLine });
  let cluster = await start({});
  const hubs = () => [...cluster.replicas.values()].filter(({ name }) => name.startsWith('hub'));
  return {
    get address() {
      return cluster.grpc;
    },
    get http() {
      return cluster.http;
    },
    bootstrapSecret,
    restart: async (more) => {
      await cluster.stop();
      cluster = await start(more);
    },
    memory: async () => Math.max(...(await Promise.all(hubs().map(({ pid }) => residentMegabytes(pid ?? 0))))),
    stop: async () => {
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
