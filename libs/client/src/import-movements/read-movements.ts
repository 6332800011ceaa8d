import type { Cells } from '../csv/cells.ts';
import { quoted, type Problem } from '../csv/problems.ts';
import { MAX_FILE_BYTES, readCsv } from '../csv/read-csv.ts';
import { COLUMNS, parseRow, type MovementRow } from './movement-row.ts';

/** Rows with the same month, route and mode: what becomes one update. */
export interface MovementGroup {
  readonly month: string;
  readonly route: string;
  readonly mode: MovementRow['mode'];
  /** Persons by nationality, in order of the codes. */
  readonly persons: ReadonlyMap<string, bigint>;
}

/** A file that was read whole and is right throughout. */
export interface Movements {
  readonly rows: number;
  /** Rows of routes that were left out as told. */
  readonly leftOut: number;
  /** By month, then route, then mode. */
  readonly groups: readonly MovementGroup[];
}

/** What the reader must know of the file. */
export interface ReadOptions {
  /** Whether a route name has a place. */
  readonly isRoute: (name: string) => boolean;
  /** Names of routes whose rows are left out. */
  readonly leaveOut?: ReadonlySet<string>;
  /** Bytes of the file, at most; default 64 MiB. It is held in memory while it is read. */
  readonly maxBytes?: number;
}

/** Rows of one table, at most (contract of MovementTable). */
const MAX_TABLE_ROWS = 400;

/** Reads a movement file. The result is every row or every problem, never a part of the file. */
export async function readMovements(
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): Promise<{ readonly movements: Movements } | { readonly problems: readonly Problem[] }> {
  const collector = new Collector(options);
  const { rows, problems } = await readCsv(source, { columns: COLUMNS, header: 'exact' }, (cells) => collector.row(cells), options.maxBytes ?? MAX_FILE_BYTES);
  return problems.length > 0 ? { problems } : { movements: collector.movements(rows) };
}

interface GatheredGroup {
  readonly first: MovementRow;
  readonly persons: Map<string, { readonly line: number; readonly persons: bigint }>;
}

class Collector {
  readonly #options: ReadOptions;
  readonly #groups = new Map<string, GatheredGroup>();
  #leftOut = 0;

  constructor(options: ReadOptions) {
    this.#options = options;
  }

  row(cells: Cells<(typeof COLUMNS)[number]>): void {
    const row = parseRow(cells);
    if (row === undefined) return;
    if (this.#options.leaveOut?.has(row.route) === true) this.#leftOut += 1;
    else if (this.#options.isRoute(row.route)) this.#add(cells, row);
    else cells.fault(`route ${quoted(row.route)} is not in the gazetteer: map it to a place or leave it out`);
  }

  #add(cells: Cells<(typeof COLUMNS)[number]>, row: MovementRow): void {
    const key = `${row.month}\n${row.route}\n${row.mode}`;
    const group: GatheredGroup = this.#groups.get(key) ?? { first: row, persons: new Map() };
    this.#groups.set(key, group);
    const earlier = group.persons.get(row.nationality);
    if (earlier !== undefined) return cells.fault(`repeats line ${earlier.line}: the same month, route, mode and nationality`);
    group.persons.set(row.nationality, { line: cells.line, persons: row.persons });
    if (group.persons.size === MAX_TABLE_ROWS + 1) cells.fault(`is nationality number ${MAX_TABLE_ROWS + 1} of its month, route and mode; a table has ${MAX_TABLE_ROWS}`);
  }

  movements(rows: number): Movements {
    const groups = [...this.#groups.entries()]
      .toSorted(([a], [b]) => byText(a, b))
      .map(([, { first, persons }]) => ({
        month: first.month,
        route: first.route,
        mode: first.mode,
        persons: new Map([...persons].toSorted(([a], [b]) => byText(a, b)).map(([nationality, entry]) => [nationality, entry.persons])),
      }));
    return { rows, leftOut: this.#leftOut, groups };
  }
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
