import { describe, expect, it } from 'vitest';
import { firstMissing } from './compare.ts';
import { parsePage } from './examples.ts';

describe('the examples of a page', () => {
  it('are its sh blocks, each with the text block that comes next', () => {
    const page = parsePage('# A\n```sh\none\n```\nIt prints:\n```text\n1\n```\n```json\n{}\n```\n```text\nnot of sh\n```\n```sh\ntwo\n```\n');
    expect(page.examples).toEqual([
      { line: 2, script: 'one', treatment: { kind: 'run' }, expected: '1' },
      { line: 15, script: 'two', treatment: { kind: 'run' }, expected: undefined },
    ]);
  });

  it.each([
    ['an unknown directive', '<!-- example: backgroud -->\n```sh\na\n```\n```text\nb\n```'],
    ['a block that is not closed', '```sh\na\n'],
    ['a background block that does not show when it is ready', '<!-- example: background -->\n```sh\na\n```\n'],
    ['a port that the value does not have', '<!-- example: port 8080 A=localhost:8081 -->'],
    ['a block left out without a reason', '<!-- example: not run -->\n```sh\na\n```\n'],
  ])('refuse %s', (_name, markdown) => {
    expect(() => parsePage(markdown)).toThrow(/line \d+/);
  });

  it('may hold fences of their own within a longer fence', () => {
    expect(parsePage('````sh\necho "```"\n````\n').examples[0]?.script).toBe('echo "```"');
  });
});

describe('comparing output', () => {
  it.each([
    ['the same lines', 'a\nb', 'a\nb', undefined],
    ['other lines between', 'a\nb', 'x\na\ny\nb\nz', undefined],
    ['blanks of another width', 'a  b', '  a b  ', undefined],
    ['anything within a line', 'took … ms, … left', 'took 12 ms, 3 left', undefined],
    ['any lines', 'a\n…\nb', 'a\nx\ny\nb', undefined],
    ['a missing line', 'a\nb', 'a', 'b'],
    ['another order', 'a\nb', 'b\na', 'b'],
    ['only the start of a line', 'a', 'a b', 'a'],
    ['only the end of a line', 'b', 'a b', 'b'],
    ['signs that mean something in patterns', 'a.c (x)', 'abc (x)', 'a.c (x)'],
    ['the same line twice', 'a\na', 'a', 'a'],
  ])('%s', (_name, expected, output, missing) => {
    expect(firstMissing(expected, output)).toBe(missing);
  });
});
