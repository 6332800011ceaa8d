import { createReadStream } from 'node:fs';
import { SingleBar } from 'cli-progress';
import { importInvalid, type Problem } from '../csv/problems.ts';
import { UsageError } from './failure.ts';
import { faultOf } from './files.ts';
import type { Session } from './shell.ts';
import type { Terminal } from './terminal.ts';

/** What a reader of files gives: what is in it, or every problem. */
export type Read<T> = T | { readonly problems: readonly Problem[] };

/**
 * Reads a file, or standard input for `-`, whole.
 * @throws CorridorError IMPORT_INVALID naming the lines that are wrong; UsageError when it cannot be read.
 */
export async function readForImport<T extends object>(file: string, terminal: Terminal, read: (source: AsyncIterable<Uint8Array>) => Promise<Read<T>>): Promise<T> {
  let result: Read<T>;
  try {
    result = await read(file === '-' ? terminal.stdin : createReadStream(file));
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${faultOf(error)}`);
  }
  if ('problems' in result) throw importInvalid(file, result.problems);
  return result;
}

/** A progress bar on standard error while a person is watching. @param unit what is counted, e.g. `updates`. */
export async function withProgress<T>(session: Session, total: number, unit: string, work: (tick: (done: number) => void) => Promise<T>): Promise<T> {
  if (!session.terminal.interactive || session.out.json) return work(() => undefined);
  const bar = new SingleBar({ format: `{bar} {percentage}% | {value}/{total} ${unit}`, stream: process.stderr, hideCursor: true });
  bar.start(total, 0);
  try {
    return await work((done) => bar.update(done));
  } finally {
    bar.stop();
  }
}
