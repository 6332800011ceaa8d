import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { CsvError, parse, type Info } from 'csv-parse';
import { COLUMNS, parseRow, quoted, type MovementRow } from './movement-row.ts';

/** What is wrong with one line; line 0 is the file as a whole. */
export interface Problem {
  readonly line: number;
  readonly reason: string;
}

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

export const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** Rows of one table, at most (contract of MovementTable). */
const MAX_TABLE_ROWS = 400;

/**
 * Reads a movement file (CSV of RFC 4180 in UTF-8, with or without byte order mark; the header row; blank lines are
 * skipped). The result is every row or every problem, never a part of the file.
 */
export async function readMovements(
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): Promise<{ readonly movements: Movements } | { readonly problems: readonly Problem[] }> {
  const file = await readWhole(source, options.maxBytes ?? MAX_FILE_BYTES);
  if (typeof file === 'string') return { problems: [{ line: 0, reason: file }] };
  const undecodable = encodingProblems(file);
  if (undecodable.length > 0) return { problems: undecodable };
  const collector = new Collector(options);
  await parseRecords(file, collector);
  return collector.result();
}

async function readWhole(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer | string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > maxBytes) return `is larger than ${maxBytes} bytes: split it by months`;
    chunks.push(chunk);
  }
  return size === 0 ? 'is empty' : Buffer.concat(chunks);
}

/** Lines that are not UTF-8 or hold a NUL byte; such a file is not parsed any further. */
function encodingProblems(file: Buffer): readonly Problem[] {
  if (isUtf8(file) && !file.includes(0)) return [];
  const problems: Problem[] = [];
  for (let start = 0, line = 1; start < file.length; line += 1) {
    const newline = file.indexOf(0x0a, start);
    const end = newline === -1 ? file.length : newline;
    const bytes = file.subarray(start, end);
    if (!isUtf8(bytes)) problems.push({ line, reason: 'is not UTF-8' });
    else if (bytes.includes(0)) problems.push({ line, reason: 'holds a NUL byte' });
    start = end + 1;
  }
  return problems;
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: Info;
}

async function parseRecords(file: Buffer, collector: Collector): Promise<void> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: 10_000,
    on_skip: (error) => {
      collector.problem(lineOf(error), csvReason(error));
      return undefined;
    },
  });
  const records: AsyncIterable<CsvRecord> = Readable.from([file]).pipe(parser);
  try {
    for await (const { record, info } of records) collector.record(info.lines, record);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    collector.problem(lineOf(error), csvReason(error));
  }
}

const lineOf = (error: CsvError | undefined): number => (typeof error?.['lines'] === 'number' ? error['lines'] : 0);

const CSV_REASONS: ReadonlyMap<string | undefined, string> = new Map([
  ['CSV_QUOTE_NOT_CLOSED', 'opens a quote that is never closed'],
  ['INVALID_OPENING_QUOTE', 'has a quote in the wrong place'],
  ['CSV_INVALID_CLOSING_QUOTE', 'has a quote in the wrong place'],
  ['CSV_MAX_RECORD_SIZE', 'is longer than 10,000 characters'],
]);

/** The parser's finding without its advice to programmers. */
const csvReason = (error: CsvError | undefined): string => CSV_REASONS.get(error?.code) ?? 'is not CSV';

interface GatheredGroup {
  readonly first: MovementRow;
  readonly persons: Map<string, { readonly line: number; readonly persons: bigint }>;
}

class Collector {
  readonly #options: ReadOptions;
  readonly #problems: Problem[] = [];
  readonly #groups = new Map<string, GatheredGroup>();
  #header = false;
  #rows = 0;
  #leftOut = 0;

  constructor(options: ReadOptions) {
    this.#options = options;
  }

  problem(line: number, reason: string): void {
    this.#problems.push({ line, reason });
  }

  record(line: number, fields: readonly string[]): void {
    if (!this.#header) {
      this.#header = true;
      if (fields.length !== COLUMNS.length || COLUMNS.some((name, i) => fields[i] !== name)) {
        this.problem(line, `the header is ${quoted(fields.join(','))}, not ${COLUMNS.join(',')}`);
      }
      return;
    }
    this.#rows += 1;
    const parsed = parseRow(fields);
    if ('faults' in parsed) return this.problem(line, parsed.faults.join('; '));
    const { row } = parsed;
    if (this.#options.leaveOut?.has(row.route) === true) this.#leftOut += 1;
    else if (this.#options.isRoute(row.route)) this.#add(line, row);
    else this.problem(line, `route ${quoted(row.route)} is not in the gazetteer: map it to a place or leave it out`);
  }

  #add(line: number, row: MovementRow): void {
    const key = `${row.month}\n${row.route}\n${row.mode}`;
    const group: GatheredGroup = this.#groups.get(key) ?? { first: row, persons: new Map() };
    this.#groups.set(key, group);
    const earlier = group.persons.get(row.nationality);
    if (earlier !== undefined) return this.problem(line, `repeats line ${earlier.line}: the same month, route, mode and nationality`);
    group.persons.set(row.nationality, { line, persons: row.persons });
    if (group.persons.size === MAX_TABLE_ROWS + 1) this.problem(line, `is nationality number ${MAX_TABLE_ROWS + 1} of its month, route and mode; a table has ${MAX_TABLE_ROWS}`);
  }

  result(): { readonly movements: Movements } | { readonly problems: readonly Problem[] } {
    if (!this.#header && this.#problems.length === 0) this.problem(0, 'holds no line');
    if (this.#rows === 0 && this.#problems.length === 0) this.problem(0, 'holds a header and no rows');
    if (this.#problems.length > 0) return { problems: this.#problems.toSorted((a, b) => a.line - b.line) };
    const groups = [...this.#groups.entries()]
      .toSorted(([a], [b]) => byText(a, b))
      .map(([, { first, persons }]) => ({
        month: first.month,
        route: first.route,
        mode: first.mode,
        persons: new Map([...persons].toSorted(([a], [b]) => byText(a, b)).map(([nationality, entry]) => [nationality, entry.persons])),
      }));
    return { movements: { rows: this.#rows, leftOut: this.#leftOut, groups } };
  }
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
