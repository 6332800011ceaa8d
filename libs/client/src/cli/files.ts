import { chmod, open, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { UsageError } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** The bytes of a file, or of standard input for `-`. @throws UsageError when it cannot be read. */
export async function readInput(path: string, terminal: Terminal): Promise<Buffer> {
  if (path !== '-') return readNamed(path);
  const chunks: Uint8Array[] = [];
  for await (const chunk of terminal.stdin) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The bytes of a file. @throws UsageError when it cannot be read. */
export async function readNamed(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${faultOf(error)}`);
  }
}

/** The bytes of a file, undefined when there is none. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new UsageError(`cannot read ${path}: ${faultOf(error)}`);
  }
}

/**
 * Creates a file that only its owner can read, with what `make` tells: called once the file is there, so that what is told
 * once is not lost to a name that cannot be taken. Without it there is no file.
 * @throws UsageError when there is one already: a key is never overwritten.
 */
export async function createSecret(path: string, make: () => Promise<string>): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw new UsageError(codeOf(error) === 'EEXIST' ? `${path} is there already; choose another name` : `cannot write ${path}: ${faultOf(error)}`);
  });
  try {
    const content = await make();
    try {
      await file.chmod(0o600);
      await file.writeFile(content);
      await file.sync();
    } catch (error) {
      throw new UsageError(`cannot write ${path}: ${faultOf(error)}`);
    }
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
}

/** Writes a file whole or not at all. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  try {
    await writeFile(draft, content, { mode: 0o600, flush: true });
    await chmod(draft, 0o600);
    await rename(draft, path);
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${faultOf(error)}`);
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

const FAULTS: ReadonlyMap<string | undefined, string> = new Map([
  ['ENOENT', 'no such file or folder'],
  ['EACCES', 'no permission'],
  ['EPERM', 'no permission'],
  ['EISDIR', 'it is a folder'],
  ['ENOSPC', 'the disk is full'],
]);

/** Why a file operation failed, in words. */
export const faultOf = (error: unknown): string => FAULTS.get(codeOf(error)) ?? (error instanceof Error ? error.message : String(error));
