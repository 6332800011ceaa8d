import { join } from 'node:path';
import { ROOT, run } from '../command.ts';
import { failed, passed, type Outcome } from './check.ts';

/** Type check of the whole workspace as one program, with the compiler of TypeScript 7; the tools read TypeScript 6. */
export async function types(): Promise<Outcome> {
  const compiler = join(ROOT, 'node_modules/typescript7/bin/tsc');
  const { code, output } = await run(process.execPath, [compiler, '--project', 'tsconfig.json', '--noEmit', '--listFiles', '--pretty', 'false']);
  const lines = output.split('\n');
  const own = lines.filter((line) => line.startsWith(`${ROOT}/`) && !line.includes('/node_modules/'));
  const note = `${own.length} files`;
  if (code === 0 && own.length > 0) return passed(note);
  return failed(note, lines.filter((line) => !line.startsWith('/')).join('\n'));
}
