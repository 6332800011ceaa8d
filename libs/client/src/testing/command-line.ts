import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { run } from '../cli/main.ts';
import { corridorProgram } from '../cli/program.ts';
import { shellOf } from '../cli/shell.ts';
import type { Terminal } from '../cli/terminal.ts';
import { bytes } from './files.ts';
import { STUB_SECRET } from './stub-node.ts';

export { EXIT } from '../cli/failure.ts';

/** Where it keeps what makes it start faster, so that tests leave nothing outside this tree. */
export const CACHE = fileURLToPath(new URL('../../../../.cache', import.meta.url));
/** The program as a user starts it. */
export const BINARY = fileURLToPath(new URL('../../bin/corridor.js', import.meta.url));

/** What a run of the real binary left behind. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Another Node than this one. */
  readonly node?: string;
}

/** Runs the real binary and waits for its end. Nothing of this process's environment reaches it but PATH. */
export function corridor(args: readonly string[], { env = {}, input = '', node = process.execPath }: RunOptions = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [BINARY, ...args], { env: { PATH: process.env['PATH'], CORRIDOR_DATA: '/nonexistent', XDG_CACHE_HOME: CACHE, ...env } });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** Runs a command line in this process, which takes a fraction of the time; `interrupt` is the user's Ctrl-C. */
export async function corridorHere(args: readonly string[], { env = {}, input = '' }: RunOptions = {}, interrupt = new AbortController().signal): Promise<Run> {
  const written = { out: '', err: '' };
  const status = await run(args, {
    ...silent,
    env: { CORRIDOR_DATA: '/nonexistent', ...env },
    interrupted: interrupt,
    stdin: bytes(input),
    out: async (text) => void (written.out += text),
    err: (text) => void (written.err += text),
  });
  return { status, stdout: written.out, stderr: written.err };
}

/** Every command that does something, `agency key add`, from the program itself. */
export const everyCommand = (): readonly string[] => leavesOf(corridorProgram(shellOf(silent)));

const leavesOf = ({ commands }: Command): readonly string[] =>
  commands.flatMap((command) => (command.commands.length === 0 ? [command.name()] : leavesOf(command).map((leaf) => `${command.name()} ${leaf}`)));

/** A terminal at which nobody sits. */
const silent: Terminal = {
  env: {},
  interactive: false,
  interrupted: new AbortController().signal,
  stdin: bytes(),
  out: async () => {},
  err: () => {},
};

/** The environment of an actor at a stub node. */
export const actorAt = (address: string, actor = 'alpha/publisher'): Readonly<Record<string, string>> => ({
  CORRIDOR_GRPC: address,
  CORRIDOR_ACTOR: actor,
  CORRIDOR_SECRET: STUB_SECRET,
});
