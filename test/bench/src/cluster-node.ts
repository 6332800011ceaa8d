import { join } from 'node:path';
import { startCluster, USUAL_REPLICAS } from '@corridor/cluster';
import { systemClock } from '@corridor/kernel';
import { makeMasterKey } from '@corridor/runtime';
import { BOOTSTRAP_SECRET, nodeFolder, type NodeProcess, residentMegabytes, restartable } from './node-process.ts';

/** Starts the cluster edition on this machine, over engines that hold nothing of another node. */
export async function startClusterNode(env: Readonly<Record<string, string | undefined>>): Promise<NodeProcess> {
  const folder = await nodeFolder();
  const key = join(folder, 'master.key');
  makeMasterKey(key);
  const own = { CORRIDOR_MASTER_KEY_FILE: key, CORRIDOR_BOOTSTRAP_SECRET: BOOTSTRAP_SECRET, CORRIDOR_GRPC: '127.0.0.1:0', CORRIDOR_HTTP: '127.0.0.1:0' };
  const onLine = (name: string, line: string): void => {
    if (!line.includes('"level":"info"')) console.error(name, line);
  };
  return restartable(
    folder,
    (more) => startCluster({ replicas: USUAL_REPLICAS, env: { ...env, ...own, ...more }, clock: systemClock, onLine }),
    async ({ replicas }) => {
      const hubs = [...replicas.values()].filter(({ name }) => name.startsWith('hub'));
      return Math.max(...(await Promise.all(hubs.map(({ pid }) => residentMegabytes(pid ?? 0)))));
    },
  );
}
