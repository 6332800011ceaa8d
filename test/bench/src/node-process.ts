import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChildNode } from '@corridor/standalone/child-node';

/** A running node that is not founded yet. */
export interface NodeProcess {
  readonly address: string;
  /** Where HTTP is, a URL. */
  readonly http: string;
  readonly bootstrapSecret: string;
  /** Stops it and starts it over the same data, with more in its environment; the address is then another. */
  restart(more: Readonly<Record<string, string>>): Promise<void>;
  /** Resident memory of what publishes and delivers, MB. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

export const BOOTSTRAP_SECRET = 'bench-bootstrap-secret';

/** What is started anew at each restart. */
interface Started {
  readonly grpc: string;
  readonly http: string;
  stop(): Promise<unknown>;
}

/** A folder of a node's own. */
export const nodeFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'corridor-bench-'));

/** A node by how it is started, with more in its environment; its folder goes when it stops. */
export async function restartable<S extends Started>(folder: string, start: (more: Readonly<Record<string, string>>) => Promise<S>, memory: (started: S) => Promise<number>): Promise<NodeProcess> {
  let started = await start({});
  return {
    get address() {
      return started.grpc;
    },
    get http() {
      return started.http;
    },
    bootstrapSecret: BOOTSTRAP_SECRET,
    restart: async (more) => {
      await started.stop();
      started = await start(more);
    },
    memory: () => memory(started),
    stop: async () => {
      await started.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts the embedded edition on free loopback ports; resolves when it serves. NODE_OPTIONS reach it, for profiles. */
export async function startNode(): Promise<NodeProcess> {
  const folder = await nodeFolder();
  const env = { CORRIDOR_BOOTSTRAP_SECRET: BOOTSTRAP_SECRET, NODE_OPTIONS: process.env['NODE_OPTIONS'] ?? '' };
  return restartable(folder, (more) => startChildNode({ folder, args: ['--empty'], env: { ...env, ...more } }), ({ pid }) => residentMegabytes(pid ?? 0));
}

/** Resident memory of a process in MB (Linux; NaN elsewhere). */
export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024);
}
