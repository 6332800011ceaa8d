const normal = (line: string): string => line.trim().replaceAll(/\s+/g, ' ');

/**
 * The first line of `expected` that `output` does not show, or undefined when it shows them all, in their order, with any
 * other lines between. Runs of blanks count as one; `…` stands for anything within a line.
 */
export function firstMissing(expected: string, output: string): string | undefined {
  const shown = output.split('\n').map(normal);
  let from = 0;
  for (const line of expected.split('\n').map(normal)) {
    if (line === '' || line === '…') continue;
    const pattern = new RegExp(`^${line.split('…').map(RegExp.escape).join('.*')}$`, 'u');
    const found = shown.findIndex((candidate, index) => index >= from && pattern.test(candidate));
    if (found === -1) return line;
    from = found + 1;
  }
  return undefined;
}
