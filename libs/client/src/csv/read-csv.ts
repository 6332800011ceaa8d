import { isUtf8 } from 'node:buffer';
import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { Cells } from './cells.ts';
import { breaksIn, Lines } from './lines.ts';
import { quoted, type Problem } from './problems.ts';
import { unguarded } from './write-csv.ts';

/** The columns of a kind of file. */
export interface CsvLayout<C extends string> {
  /** Those it must have. */
  readonly columns: readonly C[];
  /** Those it may have besides. */
  readonly optional?: readonly C[];
  /**
   * What else the header may be. `exact`: the columns in this order. `closed`: in any order, no others. `open`: in any
   * order, others are passed over.
   */
  readonly header: 'exact' | 'closed' | 'open';
  /** Whether its cells were written by `csvLine`, so that what guards them is taken away. */
  readonly guarded?: boolean;
}

/** What was found in a file. */
export interface CsvOutcome {
  readonly rows: number;
  /** In the order of the lines. */
  readonly problems: readonly Problem[];
}

export const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** Longest row, characters. */
const MAX_ROW = 40_000;

/**
 * Reads a CSV file (RFC 4180 in UTF-8, with or without byte order mark; a header row; blank lines are skipped). Every
 * problem is found, each with its line; whoever reads takes all rows or none.
 * @param maxBytes bytes of the file, at most. It is held in memory while it is read.
 * @param take told each row of the right length; what it finds wrong, it says to the cells.
 */
export async function readCsv<C extends string>(
  source: AsyncIterable<Uint8Array>,
  layout: CsvLayout<C>,
  take: (cells: Cells<C>) => void,
  maxBytes: number = MAX_FILE_BYTES,
): Promise<CsvOutcome> {
  const file = await readWhole(source, maxBytes);
  if (typeof file === 'string') return { rows: 0, problems: [{ line: 0, reason: file }] };
  const undecodable = encodingProblems(file);
  if (undecodable.length > 0) return { rows: 0, problems: undecodable };
  const reader = new Reader(layout, take);
  parseRecords(file, reader);
  return reader.outcome();
}

async function readWhole(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer | string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > maxBytes) return `is larger than ${maxBytes} bytes: split it`;
    chunks.push(chunk);
  }
  return size === 0 ? 'is empty' : Buffer.concat(chunks);
}

/** Lines that are not UTF-8 or hold a NUL byte; such a file is not parsed any further. */
function encodingProblems(file: Buffer): readonly Problem[] {
  if (isUtf8(file) && !file.includes(0)) return [];
  if (isUtf16(file)) return [{ line: 1, reason: 'is UTF-16, not UTF-8: save the file as UTF-8' }];
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

/** By its byte order mark, or because one of its first two bytes is zero: a header begins with a letter. */
function isUtf16(file: Buffer): boolean {
  const [first, second] = file;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || (first === 0) !== (second === 0);
}

function parseRecords<C extends string>(file: Buffer, reader: Reader<C>): void {
  const lines = new Lines(file);
  const broken = (error: CsvError): void => reader.problem(lines.afterBreaks(offsetOf(error)), csvReason(error));
  try {
    parse(file, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: MAX_ROW,
      on_skip: (error) => {
        if (error !== undefined) broken(error);
        return undefined;
      },
      on_record: (record: readonly string[], { bytes }) => {
        reader.record(lines.ofRecord(bytes, breaksIn(record.join())), record);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    broken(error);
  }
}

/** The byte behind the last cell that could be read. */
const offsetOf = (error: CsvError): number => (typeof error['bytes'] === 'number' ? error['bytes'] : 0);

const CSV_REASONS: ReadonlyMap<string, string> = new Map([
  ['CSV_QUOTE_NOT_CLOSED', 'opens a quote that is never closed'],
  ['INVALID_OPENING_QUOTE', 'has a quote in the wrong place'],
  ['CSV_INVALID_CLOSING_QUOTE', 'has a quote in the wrong place'],
  ['CSV_MAX_RECORD_SIZE', `is longer than ${MAX_ROW.toLocaleString('en')} characters`],
]);

/** The parser's finding without its advice to programmers. */
const csvReason = (error: CsvError): string => CSV_REASONS.get(error.code) ?? 'is not CSV';

class Reader<C extends string> {
  readonly #layout: CsvLayout<C>;
  readonly #take: (cells: Cells<C>) => void;
  readonly #problems: Problem[] = [];
  /** Where each column stands; undefined before the header, and when the header leaves it open. */
  #columns: { readonly width: number; readonly at: ReadonlyMap<string, number> } | undefined;
  #header = false;
  #rows = 0;

  constructor(layout: CsvLayout<C>, take: (cells: Cells<C>) => void) {
    this.#layout = layout;
    this.#take = take;
  }

  problem(line: number, reason: string): void {
    this.#problems.push({ line, reason });
  }

  record(line: number, fields: readonly string[]): void {
    if (!this.#header) {
      this.#header = true;
      return this.#readHeader(line, fields);
    }
    this.#rows += 1;
    if (this.#columns === undefined) return;
    const { width, at } = this.#columns;
    if (fields.length !== width) return this.problem(line, `has ${fields.length} columns, not ${width}`);
    const cellOf = this.#layout.guarded === true ? unguarded : String;
    const cells = new Cells<C>(line, (column) => cellOf(fields[at.get(column) ?? -1] ?? ''));
    this.#take(cells);
    if (cells.faults.length > 0) this.problem(line, cells.faults.join('; '));
  }

  #readHeader(line: number, fields: readonly string[]): void {
    const { columns, header } = this.#layout;
    if (header === 'exact') {
      if (fields.join('\n') !== columns.join('\n')) this.problem(line, `the header is ${quoted(fields.join(','))}, not ${columns.join(',')}`);
      // The rows can be checked all the same, for their order is known.
      this.#columns = { width: columns.length, at: positions(columns) };
      return;
    }
    const faults = this.#headerFaults(fields);
    for (const fault of faults) this.problem(line, fault);
    if (faults.length === 0) this.#columns = { width: fields.length, at: positions(fields) };
  }

  #headerFaults(fields: readonly string[]): readonly string[] {
    const { columns, optional = [], header } = this.#layout;
    const known = new Set<string>([...columns, ...optional]);
    const missing = columns.filter((name) => !fields.includes(name));
    const twice = fields.filter((name, i) => known.has(name) && fields.indexOf(name) !== i);
    const foreign = header === 'open' ? [] : fields.filter((name) => !known.has(name));
    return [
      ...(missing.length === 0 ? [] : [`the header lacks ${missing.join(', ')}`]),
      ...(twice.length === 0 ? [] : [`the header names ${twice.join(', ')} twice`]),
      ...(foreign.length === 0 ? [] : [`the header has columns that this layout does not know: ${foreign.map(quoted).join(', ')}`]),
    ];
  }

  outcome(): CsvOutcome {
    if (!this.#header && this.#problems.length === 0) this.problem(0, 'holds no line');
    if (this.#rows === 0 && this.#problems.length === 0) this.problem(0, 'holds a header and no rows');
    return { rows: this.#rows, problems: this.#problems.toSorted((a, b) => a.line - b.line) };
  }
}

const positions = (names: readonly string[]): ReadonlyMap<string, number> => new Map(names.map((name, i) => [name, i]));
