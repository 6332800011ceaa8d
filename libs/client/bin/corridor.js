#!/usr/bin/env node
// Plain JavaScript on purpose: it must start under a host's older Node, find the repository's own, and hand over to it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST = 24;

if (Number(process.versions.node.split('.')[0]) >= OLDEST) {
  // Starts in a third of the time. In the user's own folder: what lies here is run.
  module.enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'corridor', 'compiled'));
  const { main } = await import('../src/cli/main.ts');
  await main();
} else {
  const self = fileURLToPath(import.meta.url);
  const node = newerNode(dirname(self));
  if (node === undefined || process.env.CORRIDOR_RELAUNCHED === '1') {
    process.stderr.write(`corridor: needs Node ${OLDEST} or newer, this is ${process.version}: install it, or run \`npm run setup\` in the repository\n`);
    process.exit(1);
  }
  const child = spawn(node, [self, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, CORRIDOR_RELAUNCHED: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`corridor: cannot start ${node}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exitCode = code ?? 1;
    else {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}

/** The nearest `node_modules/.bin/node` on the way up from a folder. */
function newerNode(folder) {
  const candidate = join(folder, 'node_modules', '.bin', 'node');
  if (existsSync(candidate)) return candidate;
  return dirname(folder) === folder ? undefined : newerNode(dirname(folder));
}
