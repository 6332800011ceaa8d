/** Rows under a heading, columns as wide as they need; the last one is not padded. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heading.map((title, i) => Math.max(...[title, ...rows.map((row) => row[i] ?? '')].map((cell) => cell.length)));
  const line = (cells: readonly string[]): string => cells.map((cell, i) => (i === cells.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ').trimEnd();
  return [line(heading), ...rows.map(line)].map((text) => `${text}\n`).join('');
}

/** Names and values, one pair a line, or more where the value has more; pairs without a value are left out. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): string {
  const stated = pairs.filter(([, value]) => value !== '');
  const width = Math.max(...stated.map(([name]) => name.length));
  const below = `\n${' '.repeat(width + 2)}`;
  return stated.map(([name, value]) => `${name.padEnd(width)}  ${value.replaceAll('\n', below)}\n`).join('');
}
