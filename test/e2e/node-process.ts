import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../services/standalone/src/main.ts', import.meta.url));

/** A node in a process of its own. */
export interface NodeProcess {
  /** What it reported as errors. */
  readonly errors: readonly string[];
  /** Sends the signal and waits for the end. */
  stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** Starts a node without the demonstration; resolves when it serves. */
export async function startNode(folder: string, port: number, env: Readonly<Record<string, string>>): Promise<NodeProcess> {
  const own = { CORRIDOR_DATA: folder, CORRIDOR_GRPC: `127.0.0.1:${port}`, CORRIDOR_HTTP: '127.0.0.1:0', CORRIDOR_RESERVE_MB: '0', PATH: process.env['PATH'] };
  const child = spawn(process.execPath, [MAIN, '--empty'], { env: { ...own, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  const started = Promise.withResolvers<void>();
  const said: string[] = [];
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    said.push(line);
    if (line.includes('"level":"error"')) errors.push(line);
    if (line.includes('"node.started"')) started.resolve();
  });
  void exited.then(() => started.reject(new Error(`the node ended before it served: ${said.join('\n')}`)));
  await started.promise;
  return {
    errors,
    stop: async (signal) => {
      child.kill(signal);
      await exited;
    },
  };
}

/** A port of this machine that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
