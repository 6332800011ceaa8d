import { join } from 'node:path';
import { ROOT, run } from '../command.ts';
import { failed, passed, skipped, type Outcome } from './check.ts';

/** What promtool looks at, in the folder of the rules. */
const LOOKS = [
  ['check', 'config', 'prometheus.yml'],
  ['check', 'rules', 'rules.yml'],
  ['test', 'rules', 'rules.test.yml'],
] as const;

/** The rules for Prometheus, by its own promtool: are they valid, and do they fire when they should, and only then. */
export async function alarms(folder: string = join(ROOT, 'infra/prometheus')): Promise<Outcome> {
  const known = await run('promtool', ['--version'], { env: process.env });
  if (known.code === 127) {
    const missing = 'promtool is not installed (Debian: prometheus)';
    return process.env['CORRIDOR_REQUIRE_ENGINES'] === '1' ? failed(missing, 'CORRIDOR_REQUIRE_ENGINES=1 asks for it.') : skipped(`${missing}: rules are not checked`);
  }
  const findings: string[] = [];
  for (const look of LOOKS) {
    const { code, output } = await run('promtool', look, { cwd: folder, env: process.env });
    if (code !== 0) findings.push(`promtool ${look.join(' ')}`, output);
  }
  return findings.length === 0 ? passed('settings, rules, and their tests') : failed('see below', findings.join('\n'));
}
