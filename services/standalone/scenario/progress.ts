import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_FILE } from '@corridor/runtime/embedded';
import { replace } from './secrets.ts';

/** Its name within the data folder. */
const FILE = 'scenario.json';

/** Where the scenario of a data folder stands. */
export type Progress = 'none' | 'to play' | 'played';

/**
 * Asked before the data folder is opened: `none` in a folder that was begun without the scenario, and in a new one that
 * is to stay `empty`; `to play` in a new folder and in one where it was interrupted; `played` afterwards.
 */
export function progressIn(folder: string, empty: boolean): Progress {
  const file = join(folder, FILE);
  if (existsSync(file)) return readFileSync(file, 'utf8').includes('"played"') ? 'played' : 'to play';
  return empty || existsSync(join(folder, DATA_FILE)) ? 'none' : 'to play';
}

/** Puts down that the scenario belongs to the folder, or that it has been played. */
export function note(folder: string, state: 'playing' | 'played'): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  replace(join(folder, FILE), `${JSON.stringify({ state })}\n`);
}
