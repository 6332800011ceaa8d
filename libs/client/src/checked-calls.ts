import { CorridorError } from '@corridor/kernel';
import { importInvalid, type Problem } from './csv/problems.ts';

/** What one call would do with lines of a file. */
export interface CheckedCall {
  /** The line of each item of the call, in order. */
  readonly lines: readonly number[];
  /** Asks the node whether it would take the call. */
  readonly check: () => Promise<unknown>;
}

/**
 * Lets the node check every call of a file before the first one is carried out.
 * @throws CorridorError IMPORT_INVALID naming the lines that the node would refuse; whatever else a check fails of.
 */
export async function checkCalls(file: string, calls: readonly CheckedCall[]): Promise<void> {
  const problems: Problem[] = [];
  for (const { lines, check } of calls) {
    try {
      await check();
    } catch (error) {
      problems.push(lineProblem(error, lines));
    }
  }
  if (problems.length > 0) throw importInvalid(file, problems);
}

/** The refusal of an item as a problem of its line. */
function lineProblem(error: unknown, lines: readonly number[]): Problem {
  if (!(error instanceof CorridorError)) throw error;
  // The node names an item by its place in the call, e.g. `recommendations[3].text`.
  const [item, index] = /^[a-z_]+\[(\d+)\]/.exec(error.metadata['field'] ?? '') ?? [];
  const line = lines[Number(index)];
  if (item === undefined || line === undefined) throw error;
  const said = error.message.replaceAll(`${item}.`, '').replaceAll(`${item} `, '');
  // What to do is said once, for the whole file.
  return { line, reason: said.replace(error.todo, '').replace(/[.\s]+$/, '') };
}
