import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The bytes of a file as a stream. */
export async function* bytes(...parts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

/** The path of a real file for tests. @throws Error when it is not there, so that no test passes for want of its data. */
export function dataFile(path: string): string {
  const file = join(resolve(import.meta.dirname, '../../../..', process.env['CORRIDOR_DATA_DIR'] ?? '../shared/data'), path);
  if (!existsSync(file)) throw new Error(`${file} is not there: set CORRIDOR_DATA_DIR to the folder that holds ${path}`);
  return file;
}
