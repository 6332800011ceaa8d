import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_WITHIN = 30_000;
const ROOT = new URL('../../..', import.meta.url).pathname;

/** A node of its own in a process of its own, over a new data folder. */
export interface NodeProcess {
  readonly address: string;
  readonly bootstrapSecret: string;
  /** Resident memory, MB. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the embedded edition on free loopback ports; resolves when it is ready. */
export async function startNode(): Promise<NodeProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'corridor-bench-'));
  const [grpc, http] = [await freePort(), await freePort()];
  const bootstrapSecret = 'bench-bootstrap-secret';
  const child = spawn(process.execPath, [join(ROOT, 'services/standalone/src/main.ts'), '--empty'], {
    env: {
      ...process.env,
      CORRIDOR_DATA: folder,
      CORRIDOR_GRPC: `127.0.0.1:${grpc}`,
      CORRIDOR_HTTP: `127.0.0.1:${http}`,
      CORRIDOR_BOOTSTRAP_SECRET: bootstrapSecret,
      CORRIDOR_RESERVE_MB: '0',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await ready(child, `http://127.0.0.1:${http}/readyz`);
  return {
    address: `127.0.0.1:${grpc}`,
    bootstrapSecret,
    memory: () => residentMegabytes(child.pid ?? 0),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the node ended with ${child.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the node did not become ready');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Resident memory of a process in MB (Linux; NaN elsewhere). */
async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024);
}
