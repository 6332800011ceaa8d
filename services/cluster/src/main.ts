import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '@corridor/kernel';
import { BOOTSTRAP_SECRET_FILE, bootstrapSecretIn, explained, makeMasterKey, type Part, reportTo, run } from '@corridor/runtime';
import { replicasFrom } from './arguments.ts';
import { startCluster } from './cluster.ts';
import { enginesFor } from './engines.ts';
import { HELP } from './help.ts';
import { show } from './show.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  const { values } = parseArgs({ options: { replicas: { type: 'string', default: '' }, verbose: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) say(HELP);
  else process.exitCode = await cluster(values.replicas, values.verbose);
} catch (error) {
  process.stderr.write(`corridor: ${explained(error)}\n`);
  process.exit(1);
}

async function cluster(asked: string, verbose: boolean): Promise<number> {
  const replicas = replicasFrom(asked);
  const folder = resolve(process.env['CORRIDOR_DATA'] ?? '.corridor-cluster');
  const env = { ...process.env, ...(await enginesFor(process.env, say)), ...secretsIn(folder) };
  let stop = async (): Promise<void> => {};
  const part: Part = {
    name: 'cluster',
    start: async () => {
      const running = await startCluster({ replicas, env, clock: systemClock, onLine: show(process.stderr, verbose) });
      ({ stop } = running);
      say(`Corridor runs in ${running.replicas.size} processes: gRPC on ${running.grpc}, HTTP on ${running.http} (/readyz)`);
      if (process.env['CORRIDOR_BOOTSTRAP_SECRET'] === undefined) say(`The secret of the founding act: ${join(folder, BOOTSTRAP_SECRET_FILE)}`);
      say('Ctrl-C stops it.');
    },
    stop: () => stop(),
  };
  return run([part], process, reportTo(process.stderr, systemClock));
}

/** What is not given is made in the folder, and stays. */
function secretsIn(folder: string): Readonly<Record<string, string>> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'master.key');
  const { CORRIDOR_MASTER_KEY_FILE: given, CORRIDOR_BOOTSTRAP_SECRET: secret, CORRIDOR_BOOTSTRAP_SECRET_FILE: secretFile } = process.env;
  if (given === undefined && !existsSync(file)) makeMasterKey(file);
  return {
    CORRIDOR_MASTER_KEY_FILE: given ?? file,
    ...(secret === undefined && secretFile === undefined ? { CORRIDOR_BOOTSTRAP_SECRET: bootstrapSecretIn(folder) } : {}),
  };
}
