import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** How much of what a command says is told when it fails. */
const SAID = 2000;

/** A server that a run may end and begin again, over the same data. */
export interface Engine {
  /** Begins it; resolves when it answers. Does nothing where it runs. */
  start(): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it by SIGKILL. */
  kill(): Promise<void>;
  /** Puts a copy of its data in their place, while it is stopped; absent where that is not offered. */
  readonly restore?: () => Promise<void>;
}

/**
 * The engine that a command looks after: it is called in a shell with `start`, `stop`, `kill` or `restore` behind it, in the root of
 * the repository, and ends when that is done.
 */
export function engineBy(command: string): Engine {
  const call = (verb: string): Promise<void> => shell(`${command} ${verb}`);
  return { start: () => call('start'), stop: () => call('stop'), kill: () => call('kill'), restore: () => call('restore') };
}

/** The engine in a container of docker-compose.yml. */
export function composedEngine(service: 'kafka' | 'mongodb'): Engine {
  return {
    start: () => shell(`docker compose up --detach --wait ${service}`),
    stop: () => shell(`docker compose stop ${service}`),
    kill: () => shell(`docker compose kill --signal SIGKILL ${service}`),
  };
}

/** Runs a command of the shell. @throws Error with what it said when it fails */
async function shell(command: string): Promise<void> {
  const child = spawn('sh', ['-c', command], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const keep = (chunk: Buffer): void => {
    said = (said + chunk.toString()).slice(-SAID);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  // What it began may keep its output open, so its end is waited for and not that of its output.
  await once(child, 'exit');
  if (child.exitCode !== 0) throw new Error(`${command} ended with ${child.exitCode ?? child.signalCode}: ${said}`);
}
