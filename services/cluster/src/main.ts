import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '@corridor/kernel';
import { explained } from '@corridor/runtime';
import { replicasFrom } from './arguments.ts';
import { enginesFor } from './engines.ts';
import { HELP } from './help.ts';
import { runCluster } from './run-cluster.ts';
import { secretsIn } from './secrets.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  const { values } = parseArgs({ options: { replicas: { type: 'string', default: '' }, verbose: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) say(HELP);
  else {
    const replicas = replicasFrom(values.replicas);
    const { CORRIDOR_DATA: folder = '' } = process.env;
    const engines = await enginesFor(process.env, say);
    const { env: secrets, bootstrapSecretFile } = secretsIn(resolve(folder === '' ? '.corridor-cluster' : folder), process.env);
    const env = { ...process.env, ...engines, ...secrets };
    process.exitCode = await runCluster({ replicas, env, bootstrapSecretFile, verbose: values.verbose, clock: systemClock, say });
  }
} catch (error) {
  process.stderr.write(`corridor: ${explained(error)}\n`);
  process.exit(1);
}
