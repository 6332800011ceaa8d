import { pino } from 'pino';
import { activeIds } from './spans.ts';

/** Where lines go. */
export interface LineOutput {
  write(text: string): unknown;
}

/** Writes one line of JSON: the level, the facts, and the trace and the span that are active. A fact that is called `level` gives way. */
export type WriteLine = (level: 'info' | 'warn' | 'error', facts: Readonly<Record<string, string | number>>) => void;

/** Lines of JSON for programs to read. */
export function linesTo(output: LineOutput): WriteLine {
  const logger = pino(
    { base: null, timestamp: false, formatters: { level: (label) => ({ level: label }) } },
    { write: (line: string) => void output.write(line) },
  );
  return (level, facts) => {
    const { level: _, ...others } = facts;
    logger[level]({ ...others, ...activeIds() });
  };
}
