import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CorridorError } from '@corridor/kernel';
import { DATA_FILE } from '@corridor/runtime/embedded';
import { replace } from './secrets.ts';

/** Its name within the data folder. */
const FILE = 'scenario.json';

/** Where the scenario of a data folder stands. */
export type Progress = 'none' | 'to play' | 'played';

/**
 * Asked before the data folder is opened: `to play` in a new folder and in one where it was interrupted; `played`
 * afterwards; `none` in a folder that was begun without it, or when it is not wanted (`empty`).
 */
export function progressIn(folder: string, empty: boolean): Progress {
  const file = join(folder, FILE);
  const noted = existsSync(file);
  if (noted && readFileSync(file, 'utf8').includes('"played"')) return 'played';
  return empty || (!noted && existsSync(join(folder, DATA_FILE))) ? 'none' : 'to play';
}

/** Puts down that the scenario belongs to the folder, or that it has been played. @throws CorridorError CONFIG_INVALID */
export function note(folder: string, state: 'playing' | 'played'): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    replace(join(folder, FILE), `${JSON.stringify({ state })}\n`);
  } catch (cause) {
    throw new CorridorError('CONFIG_INVALID', `the data folder ${folder} cannot be written`, {}, { cause });
  }
}
