/** Characters by which a spreadsheet takes a cell for a formula, or skips to one; also in their full-width forms. */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;
const GUARDED = /^''*[=+\-@\t\r\n＝＋－＠]/;

/**
 * A cell that no spreadsheet runs: one that begins like a formula (`=`, `+`, `-`, `@`, tab, CR, LF, full-width forms), or
 * with apostrophes before that, gets one more apostrophe in front. `unguarded` takes exactly that one away, so that what
 * is written is what is read.
 */
export const guarded = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

/** The text that `guarded` was given; a text that it never gives stays as it is. */
export const unguarded = (text: string): string => (GUARDED.test(text) ? text.slice(1) : text);

/** Cells that no program reads differently without quotes. */
const BARE = /^[A-Za-z0-9 _.:/-]*$/;

const cellText = (text: string): string => {
  const safe = guarded(text);
  return BARE.test(safe) ? safe : `"${safe.replaceAll('"', '""')}"`;
};

/** One line of a CSV file (RFC 4180, with CRLF), each cell guarded. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(cellText).join(',')}\r\n`;
