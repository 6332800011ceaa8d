import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** The root of the repository, absolute. */
export const ROOT = join(import.meta.dirname, '..', '..');

/** What a finished command left behind. `code` is its exit status, 128 when a signal ended it; `output` is stdout and stderr as they came. */
export interface Finished {
  readonly code: number;
  readonly output: string;
}

/** The environment for the workspace's own tools: they come before what the machine has installed, and print no colours. */
function toolEnvironment(): NodeJS.ProcessEnv {
  const path = [join(ROOT, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);
  return { ...process.env, NO_COLOR: '1', PATH: path };
}

/** Runs a command to its end without a stdin and never rejects: a command that cannot be started ends with code 127. */
export function run(command: string, args: readonly string[], options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {}): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: options.cwd ?? ROOT, env: options.env ?? toolEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => {
      resolve({ code: 127, output: error.message });
    });
    child.on('close', (code) => {
      resolve({ code: code ?? 128, output: Buffer.concat(chunks).toString('utf8').trimEnd() });
    });
  });
}
