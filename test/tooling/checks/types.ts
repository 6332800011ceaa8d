import { join } from 'node:path';
import { ROOT, run } from '../command.ts';
import { failed, passed, type Outcome } from './check.ts';

/** The programs of the workspace: what runs in Node, and what runs in a browser. */
const PROGRAMS = ['tsconfig.json', 'services/gateway/console/src/tsconfig.json'] as const;

/** Type check of the whole workspace with the compiler of TypeScript 7; the tools read TypeScript 6. */
export async function types(): Promise<Outcome> {
  const checked = await Promise.all(PROGRAMS.map(checkProgram));
  const files = new Set(checked.flatMap(({ own }) => own));
  const note = `${files.size} files`;
  const wrong = checked.filter(({ code, own }) => code !== 0 || own.length === 0);
  return wrong.length === 0 ? passed(note) : failed(note, wrong.map(({ errors }) => errors).join('\n'));
}

async function checkProgram(program: string): Promise<{ readonly code: number; readonly own: readonly string[]; readonly errors: string }> {
  const compiler = join(ROOT, 'node_modules/typescript7/bin/tsc');
  const { code, output } = await run(process.execPath, [compiler, '--project', program, '--noEmit', '--listFiles', '--pretty', 'false']);
  const lines = output.split('\n');
  const own = lines.filter((line) => line.startsWith(`${ROOT}/`) && !line.includes('/node_modules/'));
  const errors = lines.filter((line) => !line.startsWith('/')).join('\n');
  return { code, own, errors: own.length === 0 ? `${program} has no files\n${errors}` : errors };
}
