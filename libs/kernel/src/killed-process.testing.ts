import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The lines that a script, run as a process, prints until it is killed at the `count`th of them: what was on its way then as well, the last line perhaps cut short. */
export async function* linesUntilKilled(script: URL, args: readonly string[], count: number): AsyncGenerator<string> {
  const child = spawn('node', [fileURLToPath(script), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let lines = 0;
  for await (const line of createInterface(child.stdout)) {
    lines += 1;
    if (lines === count) child.kill('SIGKILL');
    yield line;
  }
}
