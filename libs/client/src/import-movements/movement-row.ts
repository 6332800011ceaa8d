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

/** Greatest count that travels (2^53-1). */
const MOST = BigInt(Number.MAX_SAFE_INTEGER);

/** Reads the fields of one record; every fault of it is named. */
export function parseRow(fields: readonly string[]): { readonly row: MovementRow } | { readonly faults: readonly string[] } {
  const [month, route, mode, nationality, persons] = fields;
  if (month === undefined || route === undefined || mode === undefined || nationality === undefined || persons === undefined || fields.length !== COLUMNS.length) {
    return { faults: [`has ${fields.length} columns, not ${COLUMNS.length}`] };
  }
  const faults: string[] = [];
  // Update ids begin with the milliseconds of the month since 1970.
  if (!/^(19[7-9]\d|20\d\d)-(0[1-9]|1[0-2])$/.test(month)) faults.push(`month ${quoted(month)} is not YYYY-MM from 1970-01 to 2099-12`);
  if (route === '' || route.trim() !== route) faults.push(`route ${quoted(route)} is empty or has blanks around it`);
  const knownMode = MODES.get(mode.toLowerCase());
  if (knownMode === undefined) faults.push(`mode ${quoted(mode)} is not Land, Sea or Air`);
  if (!/^[A-Z]{3}$/.test(nationality)) faults.push(`nationality ${quoted(nationality)} is not three upper-case letters`);
  const count = /^\d{1,16}$/.test(persons) ? BigInt(persons) : undefined;
  if (count === undefined || count > MOST) faults.push(`persons ${quoted(persons)} is not a whole number from 0 to 2^53-1`);
  if (faults.length > 0 || knownMode === undefined || count === undefined) return { faults };
  return { row: { month, route, mode: knownMode, nationality, persons: count } };
}

/** A value as a message may quote it: short, on one line, without control characters. */
export const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
