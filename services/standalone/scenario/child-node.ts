import { fileURLToPath } from 'node:url';
import { type Exit, NodeProcess } from '@corridor/runtime/node-process';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export type { Exit };

/** A standalone node in a process of its own. */
export interface ChildNode extends Pick<NodeProcess, 'pid' | 'exited' | 'reported' | 'lines' | 'failures' | 'stop'> {
  /** Where gRPC is, `host:port`. */
  readonly grpc: string;
  /** Where HTTP is, a URL. */
  readonly http: string;
}

export interface ChildNodeOptions {
  readonly folder: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the node's command to its end, for starts that are to fail. */
export const runToEnd = (options: ChildNodeOptions): Promise<Exit> => started(options).exited;

/** Starts a node on free ports of this machine; resolves when it serves, rejects when it ends before. */
export async function startChildNode(options: ChildNodeOptions): Promise<ChildNode> {
  const child = started(options);
  const [grpc, http] = await Promise.all([child.reported('grpc.listening'), child.reported('http.listening'), child.reported('node.started')]);
  return Object.assign(child, { grpc: `127.0.0.1:${String(grpc['port'])}`, http: `http://127.0.0.1:${String(http['port'])}` });
}

function started({ folder, args = [], env = {} }: ChildNodeOptions): NodeProcess {
  const own = { CORRIDOR_DATA: folder, CORRIDOR_GRPC: '127.0.0.1:0', CORRIDOR_HTTP: '127.0.0.1:0', CORRIDOR_RESERVE_MB: '0' };
  // It sees nothing else of this process's environment; what was compiled before only lets it start sooner.
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  return new NodeProcess({ main: MAIN, args, env: { PATH, NODE_COMPILE_CACHE, ...own, ...env } });
}
