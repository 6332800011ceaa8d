import type { EnumWords } from '../enum-words.ts';
import { momentOf } from '../moment.ts';
import { quoted } from './problems.ts';

/** Greatest count that travels (2^53-1). */
const MOST = BigInt(Number.MAX_SAFE_INTEGER);

/** The cells of one row by the names of their columns, and what is found wrong with them. */
export class Cells<C extends string> {
  /** The line on which the row begins. */
  readonly line: number;
  readonly #cell: (column: C) => string;
  readonly #faults: string[] = [];

  /** @param cell the text of a column; '' where the file has no such column. */
  constructor(line: number, cell: (column: C) => string) {
    this.line = line;
    this.#cell = cell;
  }

  /** What is wrong with the row. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  fault(what: string): void {
    this.#faults.push(what);
  }

  /** Says what is wrong with one cell, and quotes it. */
  faultOf(column: C, what: string): void {
    this.fault(`${column} ${quoted(this.text(column))} ${what}`);
  }

  text(column: C): string {
    return this.#cell(column);
  }

  /** A word of an enum; undefined, with a fault, for anything else. */
  word<V extends number>(column: C, words: EnumWords<V>): V | undefined {
    const value = words.find(this.text(column));
    if (value === undefined) this.faultOf(column, `is none of ${words.all.join(', ')}`);
    return value;
  }

  /** Words of an enum with blanks between them. */
  wordList<V extends number>(column: C, words: EnumWords<V>): readonly V[] {
    return this.list(column).flatMap((word) => {
      const value = words.find(word);
      if (value !== undefined) return [value];
      this.fault(`${column} ${quoted(word)} is none of ${words.all.join(', ')}`);
      return [];
    });
  }

  /** Values with blanks between them. */
  list(column: C): readonly string[] {
    return this.text(column).split(' ').filter((part) => part !== '');
  }

  /** A date or a moment of ISO 8601; undefined for an empty cell and, with a fault, for anything else. */
  moment(column: C): Date | undefined {
    const text = this.text(column);
    if (text === '') return undefined;
    const moment = momentOf(text);
    if (moment === undefined) this.faultOf(column, 'is no date such as 2027-12-31 or 2027-12-31T12:00:00Z');
    return moment;
  }

  /** A whole number from 0 to 2^53-1, without sign and separators. */
  whole(column: C): bigint {
    const text = this.text(column);
    const value = /^\d{1,16}$/.test(text) ? BigInt(text) : undefined;
    if (value !== undefined && value <= MOST) return value;
    this.faultOf(column, 'is not a whole number from 0 to 2^53-1');
    return 0n;
  }

  /** Hundredths of an amount with at most two decimals; 0 for an empty cell. */
  hundredths(column: C): bigint {
    const text = this.text(column);
    if (text === '') return 0n;
    const [, whole, decimals = ''] = /^(\d{1,14})(?:\.(\d{1,2}))?$/.exec(text) ?? [];
    const value = whole === undefined ? undefined : BigInt(whole) * 100n + BigInt(decimals.padEnd(2, '0'));
    if (value !== undefined && value <= MOST) return value;
    this.faultOf(column, 'is not an amount such as 1500 or 1500.25');
    return 0n;
  }

  /** A text of `least` to `most` characters (code points). Line breaks (LF) are the only control characters it may hold. */
  prose(column: C, least: number, most: number): string {
    const text = this.text(column);
    const length = [...text].length;
    if (length < least || length > most) this.faultOf(column, `has ${length} characters, not ${least}-${most}`);
    if (/[^\P{Cc}\n]/u.test(text)) this.faultOf(column, 'holds a control character');
    return text;
  }
}

/** A text of another source on one line: each run of blanks, line breaks and control characters is one blank, none at its ends. */
export const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
