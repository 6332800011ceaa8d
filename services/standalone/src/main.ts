import { parseArgs } from 'node:util';
import { systemClock } from '@corridor/kernel';
import { configFrom, explained, reportTo } from '@corridor/runtime';
import { startTelemetry } from '@corridor/telemetry';
import { HELP } from './help.ts';
import { serve } from './serve.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  const { values } = parseArgs({ options: { empty: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) say(HELP);
  else {
    const report = reportTo(process.stderr, systemClock);
    const config = configFrom(process.env);
    const telemetry = await startTelemetry({ service: 'corridor', report });
    try {
      process.exitCode = await serve(config, { empty: values.empty === true, surroundings: process, clock: systemClock, report, say });
    } finally {
      await telemetry.stop();
    }
  }
} catch (error) {
  process.stderr.write(`corridor: ${explained(error)}\n`);
  // What was opened before the error must not keep the process alive.
  process.exit(1);
}
