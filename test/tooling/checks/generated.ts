import { compareGenerated } from '../generate/generated.ts';
import { failed, passed, type Outcome } from './check.ts';

/** Generates everything anew and compares it with what is checked in. */
export async function generated(): Promise<Outcome> {
  const { files, findings } = await compareGenerated();
  const advice = 'Run `npm run generate` and commit what it changes.';
  return findings.length === 0 ? passed(`${files} files`) : failed(`${findings.length} of ${files} files`, [...findings, advice].join('\n'));
}
