import { type ChildProcess, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** How a process ended, and what it wrote to standard error at last. */
export interface Exit {
  readonly code: number | null;
  readonly errors: readonly string[];
}

export interface NodeProcessOptions {
  /** The file that starts it. */
  readonly main: string;
  readonly args?: readonly string[];
  /** All that it sees of the environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called with each line it writes to standard error. */
  readonly onLine?: (line: string) => void;
  /** How many lines of each kind are kept at most; 10,000 when absent. */
  readonly kept?: number;
}

/** Those that run. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const each of running) each.kill('SIGKILL');
});

/**
 * A process of Corridor that another one started: its reports are read from its standard error. It does not outlive that
 * one, unless that one is killed.
 */
export class NodeProcess {
  /** The process has ended. */
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcessByStdio<null, Readable, Readable>;
  readonly #onLine: (line: string) => void;
  readonly #kept: number;
  readonly #lines: string[] = [];
  readonly #errors: string[] = [];
  /** The first report of each event. */
  readonly #reports = new Map<string, Readonly<Record<string, unknown>>>();
  #waiting: (() => void)[] = [];
  #ended = false;

  constructor({ main, args = [], env, onLine = () => {}, kept = 10_000 }: NodeProcessOptions) {
    this.#onLine = onLine;
    this.#kept = kept;
    this.#process = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const lines = createInterface({ input: this.#process.stdout }).on('line', (line) => keep(this.#lines, line, kept));
    const errors = createInterface({ input: this.#process.stderr }).on('line', (line) => this.#take(line));
    const closed = new Promise<void>((resolve) => this.#process.once('close', () => resolve()));
    // One that the machine could not start has ended at once.
    this.#process.on('error', (error) => this.#take(`the process failed: ${error.message}`));
    running.add(this.#process);
    this.exited = this.#end([closed, once(lines, 'close'), once(errors, 'close')]);
  }

  /** The first report of an event; waits for it. Rejects when the process ends before. */
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

  /** Lines for people so far. */
  lines(): readonly string[] {
    return this.#lines;
  }

  /** What it reported as errors so far. */
  failures(): readonly string[] {
    return this.#errors.filter((line) => reportIn(line)?.['level'] === 'error');
  }

  /** Sends a signal and waits for the end. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    this.#process.kill(signal);
    return this.exited;
  }

  /** Every line is read before the end is told. */
  async #end(closed: readonly Promise<unknown>[]): Promise<Exit> {
    await Promise.all(closed);
    running.delete(this.#process);
    this.#ended = true;
    this.#wake();
    return { code: this.#process.exitCode, errors: this.#errors };
  }

  #take(line: string): void {
    keep(this.#errors, line, this.#kept);
    this.#onLine(line);
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

function keep(lines: string[], line: string, most: number): void {
  lines.push(line);
  if (lines.length > most) lines.splice(0, Math.ceil(most / 2));
}

/** A report of the process: a line that is a JSON object. */
function reportIn(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}
