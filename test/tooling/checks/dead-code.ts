import { run } from '../command.ts';
import { failed, passed, type Outcome } from './check.ts';

/** knip over the workspace: files nobody imports, exports nobody uses, dependencies nobody needs or nobody declared. */
export async function deadCode(): Promise<Outcome> {
  const { code, output } = await run('knip', ['--no-progress']);
  return code === 0 ? passed('files, exports, dependencies') : failed('see below', output);
}
