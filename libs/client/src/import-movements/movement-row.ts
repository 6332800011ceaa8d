import type { Cells } from '../csv/cells.ts';

/** One row of the file, read. */
export interface MovementRow {
  /** `YYYY-MM`. */
  readonly month: string;
  /** As the file names it. */
  readonly route: string;
  readonly mode: 'land' | 'sea' | 'air';
  /** Three upper-case letters: ISO 3166-1 alpha-3, `UNK`, or a grouped code of the owner. */
  readonly nationality: string;
  readonly persons: bigint;
}

/** The columns of a movement file, in order. */
export const COLUMNS = ['month', 'route', 'mode', 'nationality_iso3', 'persons'] as const;

const MODES: ReadonlyMap<string, MovementRow['mode']> = new Map([
  ['land', 'land'],
  ['sea', 'sea'],
  ['air', 'air'],
]);

/** Reads one row; undefined when something is wrong with it, which the cells then say. */
export function parseRow(cells: Cells<(typeof COLUMNS)[number]>): MovementRow | undefined {
  const [month, route, nationality] = [cells.text('month'), cells.text('route'), cells.text('nationality_iso3')];
  // Update ids begin with the milliseconds of the month since 1970.
  if (!/^(19[7-9]\d|20\d\d)-(0[1-9]|1[0-2])$/.test(month)) cells.faultOf('month', 'is not YYYY-MM from 1970-01 to 2099-12');
  if (route === '' || route.trim() !== route) cells.faultOf('route', 'is empty or has blanks around it');
  const mode = MODES.get(cells.text('mode').toLowerCase());
  if (mode === undefined) cells.faultOf('mode', 'is not Land, Sea or Air');
  if (!/^[A-Z]{3}$/.test(nationality)) cells.faultOf('nationality_iso3', 'is not three upper-case letters');
  const persons = cells.whole('persons');
  return cells.faults.length > 0 || mode === undefined ? undefined : { month, route, mode, nationality, persons };
}
