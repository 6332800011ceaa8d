import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CorridorError } from '@corridor/kernel';
import { startChildNode } from '../child-node.ts';
import { demonstrate } from './demonstrate.ts';

const HELP = `Usage: npm run demo:real -- [--address host:port]

Publishes a real file of monthly detections and checks what each partner receives against the file. The exit status tells.
  --address    a running node that has not been founded, instead of one started for this; needs CORRIDOR_BOOTSTRAP_SECRET
CORRIDOR_DATA_DIR holds movements/route_detections_monthly.csv; default ../shared/data. Without it a file is generated.`;

const SECRET = 'CORRIDOR_BOOTSTRAP_SECRET';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs the demonstration over a folder of its own; the number of faults. */
async function run(address: string | undefined): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'corridor-demo-'));
  const bootstrapSecret = process.env[SECRET] ?? 'the founding act of the demonstration';
  const child =
    address === undefined
      ? await startChildNode({ folder: join(folder, 'data'), args: ['--empty'], env: { [SECRET]: bootstrapSecret, CORRIDOR_CHECKPOINT_MS: '1000' } })
      : undefined;
  try {
    return await demonstrate({ node: { address: address ?? child?.grpc ?? '' }, bootstrapSecret, folder, env: process.env, say });
  } finally {
    await child?.stop();
    rmSync(folder, { recursive: true });
  }
}

try {
  const { values } = parseArgs({ options: { address: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) say(HELP);
  else process.exitCode = (await run(values.address)) === 0 ? 0 : 1;
} catch (error) {
  const { reason, message, cause } = CorridorError.from(error);
  process.stderr.write(`demo:real: ${reason}: ${reason === 'INTERNAL' ? String(cause) : message}\n`);
  process.exitCode = 1;
}
