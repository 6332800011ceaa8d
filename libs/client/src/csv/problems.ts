import { CorridorError } from '@corridor/kernel';

/** What is wrong with one line; line 0 is the file as a whole. */
export interface Problem {
  readonly line: number;
  readonly reason: string;
}

/** So many problems are named one by one; the others are counted. */
const NAMED = 50;

/** The problems of a file, one line of text each, at most fifty and then how many more there are. */
export function describeProblems(problems: readonly Problem[]): readonly string[] {
  const named = problems.slice(0, NAMED).map(({ line, reason }) => (line === 0 ? `the file ${reason}` : `line ${line}: ${reason}`));
  const more = problems.length - named.length;
  return more > 0 ? [...named, `and ${more} more`] : named;
}

/** The refusal of a file. */
export const importInvalid = (file: string, problems: readonly Problem[]): CorridorError =>
  new CorridorError('IMPORT_INVALID', `${file} cannot be imported: ${describeProblems(problems).join('; ')}`, {
    problems: String(problems.length),
  });

/** A value as a message may quote it: short, on one line, without control characters. */
export const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
