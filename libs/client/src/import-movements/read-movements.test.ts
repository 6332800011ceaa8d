import { createReadStream, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CorridorError } from '@corridor/kernel';
import { describeProblems, importInvalid, type Problem } from '../csv/problems.ts';
import { readMovements, type ReadOptions } from './read-movements.ts';
import { routePlaces } from './route-places.ts';

const HEADER = 'month,route,mode,nationality_iso3,persons';
const options: ReadOptions = { isRoute: (name) => name === 'Known Route' };

async function* bytes(...parts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

const read = (text: string | Uint8Array, changed: Partial<ReadOptions> = {}) => readMovements(bytes(text), { ...options, ...changed });

async function problemsOf(text: string | Uint8Array, changed: Partial<ReadOptions> = {}): Promise<readonly Problem[]> {
  const result = await read(text, changed);
  return 'problems' in result ? result.problems : [];
}

async function movementsOf(text: string | Uint8Array, changed: Partial<ReadOptions> = {}) {
  const result = await read(text, changed);
  if ('problems' in result) throw importInvalid('file', result.problems);
  return result.movements;
}

const good = '2020-01,Known Route,Sea,SYR,12';

describe('a movement file', () => {
  it('becomes one group for each month, route and mode, with its nationalities', async () => {
    const { rows, groups } = await movementsOf(
      [HEADER, '2020-02,Known Route,Sea,SYR,3', '2020-01,Known Route,Sea,SYR,12', '2020-01,Known Route,Land,AFG,1', '2020-01,Known Route,Sea,AFG,0', ''].join('\n'),
    );
    expect(rows).toBe(4);
    expect(groups).toEqual([
      { month: '2020-01', route: 'Known Route', mode: 'land', persons: new Map([['AFG', 1n]]) },
      { month: '2020-01', route: 'Known Route', mode: 'sea', persons: new Map([['AFG', 0n], ['SYR', 12n]]) },
      { month: '2020-02', route: 'Known Route', mode: 'sea', persons: new Map([['SYR', 3n]]) },
    ]);
    expect([...(groups[1]?.persons.keys() ?? [])]).toEqual(['AFG', 'SYR']);
  });

  it.each([
    ['a byte order mark', `\uFEFF${HEADER}\n${good}\n`],
    ['CRLF line ends', `${HEADER}\r\n${good}\r\n`],
    ['no newline at its end', `${HEADER}\n${good}`],
    ['blank lines', `${HEADER}\n\n${good}\n\n`],
    ['quoted fields', `${HEADER}\n"2020-01","Known Route","Sea","SYR","12"\n`],
    ['a mode in another case', `${HEADER}\n2020-01,Known Route,SEA,SYR,12\n`],
  ])('may have %s', async (_, text) => {
    expect((await movementsOf(text)).groups).toEqual([{ month: '2020-01', route: 'Known Route', mode: 'sea', persons: new Map([['SYR', 12n]]) }]);
  });

  it.each(['UNK', 'OOO', 'OOS', 'XKX', 'STL'])('may state the grouped or unknown code %s', async (code) => {
    expect((await movementsOf(`${HEADER}\n2020-01,Known Route,Sea,${code},12\n`)).groups[0]?.persons.get(code)).toBe(12n);
  });

  it.each<[string, string, readonly [number, RegExp][]]>([
    ['an empty file', '', [[0, /is empty/]]],
    ['only blank lines', '\n\n', [[0, /holds no line/]]],
    ['a header alone', `${HEADER}\n`, [[0, /no rows/]]],
    ['no header', `${good}\n`, [[1, /header/]]],
    ['columns in another order', `route,month,mode,nationality_iso3,persons\n${good}\n`, [[1, /header/]]],
    ['semicolons', `${HEADER.replaceAll(',', ';')}\n${good.replaceAll(',', ';')}\n`, [[1, /header/], [2, /has 1 columns, not 5/]]],
    ['a missing column', `${HEADER}\n2020-01,Known Route,Sea,SYR\n${good}\n`, [[2, /has 4 columns, not 5/]]],
    ['a further column', `${HEADER}\n${good},1\n`, [[2, /has 6 columns, not 5/]]],
    ['a month 13', `${HEADER}\n2020-13,Known Route,Sea,SYR,12\n`, [[2, /month "2020-13"/]]],
    ['a day', `${HEADER}\n2020-01-01,Known Route,Sea,SYR,12\n`, [[2, /month/]]],
    ['a year before 1970', `${HEADER}\n1969-12,Known Route,Sea,SYR,12\n`, [[2, /month/]]],
    ['negative persons', `${HEADER}\n2020-01,Known Route,Sea,SYR,-1\n`, [[2, /persons "-1"/]]],
    ['a fraction of persons', `${HEADER}\n2020-01,Known Route,Sea,SYR,1.5\n`, [[2, /persons/]]],
    ['persons with separators', `${HEADER}\n2020-01,Known Route,Sea,SYR,"1,000"\n`, [[2, /persons/]]],
    ['no persons', `${HEADER}\n2020-01,Known Route,Sea,SYR,\n`, [[2, /persons ""/]]],
    ['persons beyond 2^53-1', `${HEADER}\n2020-01,Known Route,Sea,SYR,9007199254740992\n`, [[2, /persons/]]],
    ['an unknown route', `${HEADER}\n2020-01,Other,Sea,SYR,12\n`, [[2, /route "Other" is not in the gazetteer/]]],
    ['blanks around a route', `${HEADER}\n2020-01, Known Route,Sea,SYR,12\n`, [[2, /blanks/]]],
    ['an unknown mode', `${HEADER}\n2020-01,Known Route,Rail,SYR,12\n`, [[2, /mode "Rail"/]]],
    ['a nationality of two letters', `${HEADER}\n2020-01,Known Route,Sea,SY,12\n`, [[2, /nationality_iso3 "SY"/]]],
    ['a nationality in lower case', `${HEADER}\n2020-01,Known Route,Sea,syr,12\n`, [[2, /nationality_iso3 "syr"/]]],
    ['no nationality', `${HEADER}\n2020-01,Known Route,Sea,,12\n`, [[2, /nationality_iso3 ""/]]],
    ['a repeated row', `${HEADER}\n${good}\n2020-01,Known Route,Land,SYR,1\n${good.replace('12', '13')}\n`, [[4, /repeats line 2/]]],
    ['several faults in one line', `${HEADER}\n2020,Known Route,Rail,SYR,x\n`, [[2, /month.*mode.*persons/]]],
    ['faults in several lines', `${HEADER}\nx,Known Route,Sea,SYR,1\n${good}\n2020-01,Known Route,Sea,AFG,x\n`, [[2, /month/], [4, /persons/]]],
    ['a quote that is never closed', `${HEADER}\n${good}\n2020-01,"Known Route,Sea,AFG,12\n`, [[3, /never closed/]]],
    ['a quote in the middle', `${HEADER}\n2020-01,Known" Route,Sea,AFG,12\n${good}\n`, [[2, /quote in the wrong place/]]],
    ['a quote in the middle and a fault further on', `${HEADER}\n2020-01,Known" Route,Sea,AFG,12\n${good}\n${good}\n`, [[2, /quote/], [4, /repeats line 3/]]],
    ['a NUL byte', `${HEADER}\n${good}\n2020-01,Known Route,Sea,SYR\0,12\n`, [[3, /NUL/]]],
    ['an endless line', `${HEADER}\n2020-01,${'x'.repeat(40_001)},Sea,SYR,12\n`, [[2, /longer than/]]],
  ])('is refused with its line numbers for %s', async (_, text, expected) => {
    const problems = await problemsOf(text);
    expect(problems.map(({ line }) => line)).toEqual(expected.map(([line]) => line));
    expected.forEach(([, reason], i) => expect(problems[i]?.reason).toMatch(reason));
  });

  it('is refused with its line numbers when it is not UTF-8', async () => {
    const latin1 = Buffer.from(`${HEADER}\n${good}\n2020-01,Route d'\xe9t\xe9,Sea,SYR,12\n`, 'latin1');
    expect(await problemsOf(latin1)).toEqual([{ line: 3, reason: 'is not UTF-8' }]);
    const utf16 = Buffer.from(`\uFEFF${HEADER}\n${good}\n`, 'utf16le');
    expect(await problemsOf(utf16)).toEqual([{ line: 1, reason: 'is UTF-16, not UTF-8: save the file as UTF-8' }]);
  });

  it('is refused when it is larger than the bound, without being read further', async () => {
    let chunks = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        chunks += 1;
        yield Buffer.alloc(1000, 0x61);
      }
    }
    const result = await readMovements(endless(), { ...options, maxBytes: 3000 });
    expect(result).toEqual({ problems: [{ line: 0, reason: expect.stringContaining('larger than 3000 bytes') }] });
    expect(chunks).toBe(4);
  });

  it('is refused when one table has more nationalities than a table may have', async () => {
    const codes = Array.from({ length: 401 }, (_, i) => String.fromCharCode(65 + Math.floor(i / 26), 65 + (i % 26), 65));
    expect(await problemsOf([HEADER, ...codes.map((code) => `2020-01,Known Route,Sea,${code},1`)].join('\n'))).toMatchObject([{ line: 402 }]);
  });

  it('leaves out the routes it is told to, and still checks their rows', async () => {
    const changed = { leaveOut: new Set(['Other']) };
    expect(await movementsOf(`${HEADER}\n2020-01,Other,Sea,SYR,1\n${good}\n`, changed)).toMatchObject({ rows: 2, leftOut: 1, groups: [{ route: 'Known Route' }] });
    expect(await problemsOf(`${HEADER}\n2020-01,Other,Sea,SYR,x\n${good}\n`, changed)).toMatchObject([{ line: 2 }]);
  });

  it('is all rows or all problems, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.constant(good), fc.string({ unit: 'binary' }), fc.constantFrom('"', '\0', ',,,,', '\r'))), async (lines) => {
        const result = await read([HEADER, ...lines].join('\n'));
        if ('problems' in result) expect(result.problems.length).toBeGreaterThan(0);
        else expect(lines.filter((line) => line.trim() !== '')).toEqual([good]);
      }),
    );
  });
});

describe('the problems of a file', () => {
  const problems = Array.from({ length: 53 }, (_, i) => ({ line: i + 2, reason: 'is wrong' }));

  it('are named up to fifty, and then counted', () => {
    const described = describeProblems(problems);
    expect(described.length).toBe(51);
    expect(described.slice(-2)).toEqual(['line 51: is wrong', 'and 3 more']);
    expect(describeProblems(problems.slice(0, 50)).at(-1)).toBe('line 51: is wrong');
  });

  it('are an error IMPORT_INVALID that names file and lines', () => {
    const error = importInvalid('a.csv', problems.slice(0, 2));
    expect(error).toBeInstanceOf(CorridorError);
    expect(error).toMatchObject({ reason: 'IMPORT_INVALID', metadata: { problems: '2' }, message: 'a.csv cannot be imported: line 2: is wrong; line 3: is wrong' });
  });
});

const dataFile = join(resolve(import.meta.dirname, '../../../..', process.env['CORRIDOR_DATA_DIR'] ?? '../shared/data'), 'movements/route_detections_monthly.csv');

describe('the published detections at external borders, 2009-2021', () => {
  it('are 26,564 rows of 3,969,086 persons in 1,416 tables', async () => {
    expect(existsSync(dataFile), `${dataFile} is there; set CORRIDOR_DATA_DIR to the folder that holds movements/`).toBe(true);
    const result = await readMovements(createReadStream(dataFile), { isRoute: (name) => name.endsWith('Route') || name.startsWith('Circular Route') || name === 'Other' });
    if ('problems' in result) throw importInvalid(dataFile, result.problems);
    const { rows, groups } = result.movements;
    expect(rows).toBe(26_564);
    expect(groups.length).toBe(1_416);
    expect(groups.reduce((sum, { persons }) => sum + persons.size, 0)).toBe(26_564);
    expect(groups.flatMap(({ persons }) => [...persons.values()]).reduce((sum, value) => sum + value, 0n)).toBe(3_969_086n);
    expect([groups[0]?.month, groups.at(-1)?.month]).toEqual(['2009-01', '2021-12']);
  });

  it('name routes that the gazetteer knows, but for Other, whose 34 lines are named', async () => {
    const result = await readMovements(createReadStream(dataFile), { isRoute: routePlaces(new Map()).has });
    if (!('problems' in result)) throw new Error('Other has become a route');
    expect(result.problems.length).toBe(34);
    expect(describeProblems(result.problems)[0]).toMatch(/^line \d+: route "Other" is not in the gazetteer/);
  });
});
