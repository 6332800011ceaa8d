import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** A standalone node in a process of its own. */
export interface ChildNode {
  /** Where gRPC is, `host:port`. */
  readonly grpc: string;
  /** Where HTTP is, a URL. */
  readonly http: string;
  readonly pid: number | undefined;
  /** The process has ended. */
  readonly exited: Promise<Exit>;
  /** The value of a field of the first report of an event; waits for it. Rejects when the node ends before. */
  reported(event: string): Promise<Readonly<Record<string, unknown>>>;
  /** Lines for people so far. */
  lines(): readonly string[];
  /** What it reported as errors so far. */
  failures(): readonly string[];
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

/** How a process ended, and what it wrote to standard error. */
export interface Exit {
  readonly code: number | null;
  readonly errors: readonly string[];
}

export interface ChildNodeOptions {
  readonly folder: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the node's command to its end, for starts that are to fail. */
export const runToEnd = (options: ChildNodeOptions): Promise<Exit> => new Child(options).exited;

/** Starts a node on free ports of this machine; resolves when it serves, rejects when it ends before. */
export async function startChildNode(options: ChildNodeOptions): Promise<ChildNode> {
  const child = new Child(options);
  const [grpc, http] = await Promise.all([child.reported('grpc.listening'), child.reported('http.listening'), child.reported('node.started')]);
  return Object.assign(child, { grpc: `127.0.0.1:${String(grpc['port'])}`, http: `http://127.0.0.1:${String(http['port'])}` });
}

class Child {
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcessByStdio<null, Readable, Readable>;
  readonly #lines: string[] = [];
  readonly #errors: string[] = [];
  readonly #reports = new Map<string, Readonly<Record<string, unknown>>>();
  #waiting: (() => void)[] = [];
  #ended = false;

  constructor({ folder, args = [], env = {} }: ChildNodeOptions) {
    const own = { CORRIDOR_DATA: folder, CORRIDOR_GRPC: '127.0.0.1:0', CORRIDOR_HTTP: '127.0.0.1:0', CORRIDOR_RESERVE_MB: '0' };
    this.#process = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env['PATH'], ...own, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const lines = createInterface({ input: this.#process.stdout }).on('line', (line) => this.#lines.push(line));
    const errors = createInterface({ input: this.#process.stderr }).on('line', (line) => this.#take(line));
    this.exited = this.#end([once(lines, 'close'), once(errors, 'close')]);
  }

  async reported(event: string): Promise<Readonly<Record<string, unknown>>> {
    for (;;) {
      const report = this.#reports.get(event);
      if (report !== undefined) return report;
      if (this.#ended) throw new Error(`the node ended before ${event}: ${this.#errors.join('\n')}`);
      await new Promise<void>((wake) => this.#waiting.push(wake));
    }
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  lines(): readonly string[] {
    return this.#lines;
  }

  failures(): readonly string[] {
    return this.#errors.filter((line) => reportIn(line)?.['level'] === 'error');
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    this.#process.kill(signal);
    return this.exited;
  }

  /** Every line is read before the end is told. */
  async #end(read: readonly Promise<unknown>[]): Promise<Exit> {
    await Promise.all([once(this.#process, 'close'), ...read]);
    this.#ended = true;
    this.#wake();
    return { code: this.#process.exitCode, errors: this.#errors };
  }

  #take(line: string): void {
    this.#errors.push(line);
    const report = reportIn(line);
    const event = report?.['event'];
    if (report !== undefined && typeof event === 'string' && !this.#reports.has(event)) this.#reports.set(event, report);
    this.#wake();
  }

  #wake(): void {
    const woken = this.#waiting;
    this.#waiting = [];
    for (const wake of woken) wake();
  }
}

/** A report of the node: a line that is a JSON object. */
function reportIn(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}
