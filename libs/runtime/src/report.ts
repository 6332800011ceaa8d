import type { Clock } from '@corridor/kernel';
import { count, linesTo } from '@corridor/telemetry';
import type { Report } from './service.ts';

/** Where an error came from: names and stack frames of it and its causes, without their messages, which may carry payloads. */
export function traceOf(error: unknown): string {
  const lines: string[] = [];
  for (let cause: unknown = error; cause instanceof Error && lines.length < 60; cause = cause.cause) {
    lines.push(cause.name, ...(cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)));
  }
  return lines.length > 0 ? lines.join('\n') : `a thrown ${typeof error}`;
}

/** Where reports go: a stream of text. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Reports as JSON lines, with the ids of the trace that is active, or as short text where a person looks on. */
export function reportTo(output: Output, clock: Clock): Report {
  const write = linesTo(output);
  return (level, event, facts = {}) => {
    const time = new Date(clock.now()).toISOString();
    if (output.isTTY === true) output.write(`${text(time, level, event, facts)}\n`);
    else write(level, { ...facts, time, event });
    if (level !== 'info') count('corridor.reports', 1, { 'corridor.level': level, 'corridor.event': event });
  };
}

function text(time: string, level: string, event: string, facts: Readonly<Record<string, string | number>>): string {
  const shown = Object.entries(facts).map(([name, value]) => ` ${name}=${typeof value === 'string' && /[^\w.:/@+-]/.test(value) ? JSON.stringify(value) : value}`);
  return `${time.slice(11, 19)} ${level === 'info' ? '' : `${level.toUpperCase()} `}${event}${shown.join('')}`;
}
