import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChildNode, startChildNode } from '@corridor/standalone/child-node';

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

/** Starts the embedded edition on free loopback ports; resolves when it serves. NODE_OPTIONS reach it, for profiles. */
export async function startNode(): Promise<NodeProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'corridor-bench-'));
  const bootstrapSecret = 'bench-bootstrap-secret';
  const env = { CORRIDOR_BOOTSTRAP_SECRET: bootstrapSecret, NODE_OPTIONS: process.env['NODE_OPTIONS'] ?? '' };
  const start = (more: Readonly<Record<string, string>>): Promise<ChildNode> => startChildNode({ folder, args: ['--empty'], env: { ...env, ...more } });
  let child = await start({});
  return {
    get address() {
      return child.grpc;
    },
    get http() {
      return child.http;
    },
    bootstrapSecret,
    restart: async (more) => {
      await child.stop();
      child = await start(more);
    },
    memory: () => residentMegabytes(child.pid ?? 0),
    stop: async () => {
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Resident memory of a process in MB (Linux; NaN elsewhere). */
export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024);
}
