import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finished } from '../command.ts';

/** Where a script runs. */
export interface Place {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** A process in a group of its own, with what it has printed so far. */
interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Its exit status; 128 when a signal ended it. */
  readonly ended: Promise<number>;
}

/** Starts bash. What it leaves running does not outlive this process. */
function start(args: readonly string[], place: Place, stdio: ('ignore' | 'pipe')[]): Running {
  const child = spawn('bash', ['--noprofile', '--norc', ...args], { cwd: place.folder, env: place.environment, stdio, detached: true });
  const kill = (): void => {
    signalGroup(child, 'SIGKILL');
  };
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      resolve(code ?? 128);
    });
  });
  return { child, output: () => text, ended };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Resolves to true as soon as `holds` does, asked again at each output, and to false when the process ended or `milliseconds` passed before. */
async function until(running: Running, holds: () => boolean, milliseconds: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const look = (): void => {
    if (holds()) resolve(true);
  };
  const deadline = setTimeout(() => {
    resolve(false);
  }, milliseconds);
  running.child.stdout?.on('data', look);
  running.child.stdout?.on('close', () => {
    resolve(holds());
  });
  look();
  try {
    return await promise;
  } finally {
    clearTimeout(deadline);
    running.child.stdout?.off('data', look);
  }
}

/**
 * One bash that runs scripts one after the other, so that `cd`, `export` and functions carry over, as in a reader's terminal.
 * It stops at the first command that fails (`errexit`, `pipefail`); every later script then ends with the same status.
 */
export class Shell {
  readonly #running: Running;
  readonly #scratch: string;
  readonly #mark = `end-of-script-${randomUUID()}`;

  private constructor(running: Running, scratch: string) {
    this.#running = running;
    this.#scratch = scratch;
  }

  /** Opens a shell at a place. Who opens it closes it. */
  static async open(place: Place): Promise<Shell> {
    const scratch = await mkdtemp(join(tmpdir(), 'corridor-shell-'));
    const loop = 'exec 2>&1; set -eo pipefail; while IFS= read -r -u 3 script; do . "$script" </dev/null 3<&-; printf "\\n%s\\n" "$script"; done';
    return new Shell(start(['-c', loop], place, ['ignore', 'pipe', 'ignore', 'pipe']), scratch);
  }

  /** Runs a script to its end, or for `milliseconds`, after which the shell is gone and the status 124. */
  async run(script: string, milliseconds: number): Promise<Finished> {
    const before = this.#running.output().length;
    const file = join(this.#scratch, `${this.#mark}-${before}`);
    await writeFile(file, `${script}\n`);
    const commands = this.#running.child.stdio[3];
    if (commands && 'write' in commands && commands.writable) commands.write(`${file}\n`);
    const output = (): string => this.#running.output().slice(before);
    const ended = (): boolean => output().includes(`\n${file}\n`);
    if (await until(this.#running, ended, milliseconds)) return { code: 0, output: output().replace(`\n${file}\n`, '') };
    if (this.#running.child.stdout?.readableEnded === true) return { code: (await this.#running.ended) || 1, output: output() };
    await this.close();
    return { code: 124, output: `${output()}\n(no end after ${milliseconds / 1000} s)` };
  }

  /** Where the shell stands now: its folder and what it exports. */
  async place(): Promise<Place> {
    const [folder, environment] = [join(this.#scratch, 'folder'), join(this.#scratch, 'environment')];
    const { code, output } = await this.run(`pwd > '${folder}'; env -0 > '${environment}'`, 10_000);
    if (code !== 0) throw new Error(`the shell is gone: ${output}`);
    const pairs = (await readFile(environment, 'utf8')).split('\0').filter((pair) => pair.includes('='));
    return {
      folder: (await readFile(folder, 'utf8')).trimEnd(),
      environment: Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])),
    };
  }

  /** Ends the shell and whatever it left running. */
  async close(): Promise<void> {
    signalGroup(this.#running.child, 'SIGKILL');
    await this.#running.ended;
    await rm(this.#scratch, { recursive: true, force: true });
  }
}

/** A script that keeps running in the background. */
export class Background {
  readonly #running: Running;
  #exit: number | undefined;

  /** Starts it in a process group of its own. Who starts it stops it. */
  constructor(script: string, place: Place) {
    this.#running = start(['-eo', 'pipefail', '-c', `exec 2>&1\n${script}`], place, ['ignore', 'pipe', 'ignore']);
    this.#running.ended.then(
      (code) => (this.#exit = code),
      () => (this.#exit = 127),
    );
  }

  /** What it has printed so far. */
  get output(): string {
    return this.#running.output();
  }

  /** Its exit status once it has ended. */
  get exit(): number | undefined {
    return this.#exit;
  }

  /** Whether its output satisfies `ready` within `milliseconds`, and before it ends. */
  ready(ready: (output: string) => boolean, milliseconds: number): Promise<boolean> {
    return until(this.#running, () => ready(this.output), milliseconds);
  }

  /** Asks it to stop (SIGTERM to its group) and kills what is left after `milliseconds`. False when it had to be killed. */
  async stop(milliseconds: number): Promise<boolean> {
    signalGroup(this.#running.child, 'SIGTERM');
    const inTime = await until(this.#running, () => this.#exit !== undefined, milliseconds);
    signalGroup(this.#running.child, 'SIGKILL');
    await this.#running.ended;
    return inTime || this.#running.child.stdout?.readableEnded === true;
  }
}
