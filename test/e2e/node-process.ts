import { once } from 'node:events';
import { createServer } from 'node:net';
import { startChildNode, type ChildNode } from '@corridor/standalone/child-node';

/** Starts a node without the demonstration at a port that stays the same over restarts; resolves when it serves. */
export const startNode = (folder: string, port: number, env: Readonly<Record<string, string>>): Promise<ChildNode> =>
  startChildNode({ folder, args: ['--empty'], env: { CORRIDOR_GRPC: `127.0.0.1:${port}`, ...env } });

/** A port of this machine that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
