import { run } from '../command.ts';
import { failed, passed, type Outcome } from './check.ts';

/** oxlint with the rules of .oxlintrc.json, those that need types included. A warning fails, and so does having looked at nothing. */
export async function lint(): Promise<Outcome> {
  const { code, output } = await run('oxlint', ['--type-aware', '--deny-warnings', '--format', 'unix', '.']);
  const counted = await run('oxlint', ['--debug', 'files', '.']);
  const files = counted.output.split('\n').filter((line) => /\.tsx?$/.test(line)).length;
  const note = `${files} files`;
  return code === 0 && files > 0 ? passed(note) : failed(note, output);
}
