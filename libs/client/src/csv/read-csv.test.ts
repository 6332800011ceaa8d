import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STAGES, THEMES } from '../enum-words.ts';
import { oneLine, type Cells } from './cells.ts';
import type { Problem } from './problems.ts';
import { readCsv, type CsvLayout } from './read-csv.ts';
import { csvLine, guarded, unguarded } from './write-csv.ts';

type Columns = 'a' | 'b' | 'c';
const closed: CsvLayout<Columns> = { columns: ['a', 'b'], optional: ['c'], header: 'closed' };
const written: CsvLayout<Columns> = { ...closed, guarded: true };

async function read(file: string | Uint8Array, layout: CsvLayout<Columns> = closed, check: (cells: Cells<Columns>) => void = () => undefined) {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(file);
  }
  const rows: (readonly [number, string, string])[] = [];
  const { problems } = await readCsv(source(), layout, (cells) => {
    rows.push([cells.line, cells.text('a'), cells.text('b')]);
    check(cells);
  });
  return { rows, problems };
}

const faultsOf = async (cell: string, check: (cells: Cells<Columns>) => void): Promise<readonly Problem[]> =>
  (await read(`a,b\n"${cell.replaceAll('"', '""')}",x\n`, closed, check)).problems;

describe('a CSV file', () => {
  it.each<[string, string, readonly number[]]>([
    ['LF', 'a,b\n1,"x\ny"\n2,z\n\n3,"p\n\nq"\n4,w', [2, 4, 6, 9]],
    ['CRLF', 'a,b\r\n1,"x\r\ny"\r\n2,z\r\n\r\n3,"p\r\n\r\nq"\r\n4,w\r\n', [2, 4, 6, 9]],
    ['CRLF around LF in cells', 'a,b\r\n1,"x\ny"\r\n2,z\r\n\r\n3,"p\n\nq"\r\n4,w', [2, 4, 6, 9]],
    ['LF around CRLF in cells', 'a,b\n1,"x\r\ny"\n2,z\n\n3,"p\r\n\r\nq"\n4,w', [2, 4, 6, 9]],
    ['CR', 'a,b\r1,"x\ry"\r2,z\r\r3,"p\r\rq"\r4,w', [2, 4, 6, 9]],
    ['a byte order mark before LF', '\uFEFFa,b\n1,é\n2,"z"\n', [2, 3]],
  ])('has the line on which each row begins, with %s', async (_, file, lines) => {
    const { rows, problems } = await read(file);
    expect(problems).toEqual([]);
    expect(rows.map(([line]) => line)).toEqual(lines);
  });

  it('names the line behind cells with line breaks when a row is broken', async () => {
    const { problems } = await read('a,b\r\n1,"x\r\ny\r\nz"\r\n2,z,3\r\n4,x"y\r\n5,6\r\n7,"never\r\nclosed\r\n');
    expect(problems).toEqual([
      { line: 5, reason: 'has 3 columns, not 2' },
      { line: 6, reason: 'has a quote in the wrong place' },
      { line: 8, reason: 'opens a quote that is never closed' },
    ]);
  });

  it('may have its columns in any order', async () => {
    expect((await read('c,b,a\n3,2,1\n')).rows).toEqual([[2, '1', '2']]);
  });

  it.each<[string, string, CsvLayout<Columns>['header'], readonly RegExp[]]>([
    ['lacks columns', 'c\n1\n', 'closed', [/lacks a, b/]],
    ['lacks a column of another source', 'a,x,y\n1,2,3\n', 'open', [/lacks b/]],
    ['has an unknown column', 'a,b,bb\n1,2,3\n', 'closed', [/does not know: "bb"/]],
    ['has a column twice', 'a,b,a\n1,2,3\n', 'open', [/names a twice/]],
    ['has several faults', 'a,a,bb\n1,2,3\n', 'closed', [/lacks b/, /a twice/, /"bb"/]],
  ])('is refused with its header alone when that %s', async (_, file, header, expected) => {
    const { rows, problems } = await read(file, { ...closed, header });
    expect(rows).toEqual([]);
    expect(problems.map(({ line }) => line)).toEqual(expected.map(() => 1));
    expected.forEach((reason, i) => expect(problems[i]?.reason).toMatch(reason));
  });

  it('of another source may have more columns', async () => {
    expect(await read('x,a,y,b\n0,1,0,2\n', { ...closed, header: 'open' })).toEqual({ rows: [[2, '1', '2']], problems: [] });
  });

  it.each<[string, Uint8Array, readonly Problem[]]>([
    ['UTF-16 with its mark', Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le'), [{ line: 1, reason: expect.stringContaining('UTF-16') }]],
    ['UTF-16 without a mark', Buffer.from('a,b\n1,2\n', 'utf16le'), [{ line: 1, reason: expect.stringContaining('UTF-16') }]],
    ['UTF-16 of the other order', Buffer.from('a,b\n1,2\n', 'utf16le').swap16(), [{ line: 1, reason: expect.stringContaining('UTF-16') }]],
    ['Latin-1', Buffer.from('a,b\n1,é\n2,3\n4,ü\n', 'latin1'), [{ line: 2, reason: 'is not UTF-8' }, { line: 4, reason: 'is not UTF-8' }]],
  ])('is refused in %s', async (_, file, problems) => {
    expect(await read(file)).toEqual({ rows: [], problems });
  });
});

describe('a cell', () => {
  it.each<[string, string, (cells: Cells<Columns>) => unknown, RegExp]>([
    ['a negative count', '-1', (cells) => cells.whole('a'), /a "-1" is not a whole number/],
    ['a fraction', '1.5', (cells) => cells.whole('a'), /whole number/],
    ['a count with separators', '1,000', (cells) => cells.whole('a'), /whole number/],
    ['a count beyond 2^53-1', '9007199254740992', (cells) => cells.whole('a'), /2\^53-1/],
    ['a negative amount', '-1.00', (cells) => cells.hundredths('a'), /amount/],
    ['an amount with three decimals', '1.005', (cells) => cells.hundredths('a'), /amount/],
    ['the 30th of February', '2024-02-30', (cells) => cells.moment('a'), /is no date/],
    ['the 29th of February of 2023', '2023-02-29T12:00:00Z', (cells) => cells.moment('a'), /is no date/],
    ['a date of another order', '31.12.2024', (cells) => cells.moment('a'), /is no date/],
    ['an hour 25', '2024-01-01T25:00:00Z', (cells) => cells.moment('a'), /is no date/],
    ['an unknown word', 'promised', (cells) => cells.word('a', STAGES), /none of pledge, commitment, delivered/],
    ['an unknown word among others', 'reception gossip', (cells) => cells.wordList('a', THEMES), /a "gossip" is none of/],
    ['a text that is too long', 'xxxx', (cells) => cells.prose('a', 1, 3), /has 4 characters, not 1-3/],
    ['no text', '', (cells) => cells.prose('a', 1, 3), /has 0 characters/],
    ['a tab in a text', 'x\ty', (cells) => cells.prose('a', 1, 30), /control character/],
  ])('is refused for %s', async (_, cell, check, reason) => {
    expect(await faultsOf(cell, check)).toEqual([{ line: 2, reason: expect.stringMatching(reason) }]);
  });

  it('gives what it holds', async () => {
    const given: unknown[] = [];
    const check = (parse: (cells: Cells<Columns>) => unknown) => (cells: Cells<Columns>) => void given.push(parse(cells));
    await faultsOf('007', check((cells) => cells.whole('a')));
    await faultsOf('12.5', check((cells) => cells.hundredths('a')));
    await faultsOf('2024-02-29', check((cells) => cells.moment('a')?.toISOString()));
    await faultsOf('2024-02-29T23:00:00-02:00', check((cells) => cells.moment('a')?.toISOString()));
    await faultsOf('reception data', check((cells) => cells.wordList('a', THEMES).map((theme) => THEMES.of(theme))));
    expect(given).toEqual([7n, 1250n, '2024-02-29T00:00:00.000Z', '2024-03-01T01:00:00.000Z', ['reception', 'data']]);
  });

  it('of another source is put on one line', () => {
    expect(oneLine(' a\tb \r\n c\u0000d\u00A0 ')).toBe('a b c d');
  });
});

describe('what is written', () => {
  const text = fc.string({ unit: fc.constantFrom('a', "'", '=', '+', '-', '@', '\t', '\r', '\n', '"', ',', ';', '＝', 'é', '😀', ' ') });

  it('is read as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, text), { minLength: 1 }), async (rows) => {
        const file = csvLine(['a', 'b']) + rows.map((row) => csvLine(row)).join('');
        const read_ = await read(file, written);
        expect(read_.problems).toEqual([]);
        expect(read_.rows.map(([, a, b]) => [a, b])).toEqual(rows);
      }),
    );
  });

  it('is never taken for a formula', () => {
    fc.assert(
      fc.property(text, (cell) => {
        expect(guarded(cell)).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
      }),
    );
    expect(csvLine(['=HYPERLINK("https://x.example")', '-1', "it's", "'=1"])).toBe(`"'=HYPERLINK(""https://x.example"")","'-1","it's","''=1"\r\n`);
  });

  it('leaves an apostrophe alone that guards nothing', () => {
    expect(["'t Hooft", "'", ''].map(unguarded)).toEqual(["'t Hooft", "'", '']);
  });
});
