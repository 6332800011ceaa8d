import type { Reckoning } from './reckoning.ts';
import type { Run } from './run.ts';

/** A run and what came of it. */
export interface Outcome {
  readonly name: string;
  readonly run: Run;
  readonly reckoning: Reckoning;
}

const HEAD = ['run', 'published', 'acknowledged', 'fault', 'longest silence', 'UNAVAILABLE', 'no answer', 'deadline', 'slowest refusal', 'delivered', 'again', 'audit log', ''] as const;

/** A table of runs, in lines of text. */
export function tableOf(outcomes: readonly Outcome[]): readonly string[] {
  const rows = [HEAD, ...outcomes.map(rowOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
}

function rowOf({ name, run, reckoning }: Outcome): readonly string[] {
  const { ledger, probe, readers, faultMs } = run;
  return [
    name,
    String(ledger.sent.length),
    String(ledger.count),
    seconds(faultMs),
    seconds(ledger.longestSilence),
    String(probe.unavailable),
    String(probe.unanswered),
    String(probe.waited),
    seconds(probe.slowestRefusal),
    readers.map(({ seat, received }) => `${seat.name} ${received.times.size}`).join(', '),
    String(readers.reduce((sum, { received }) => sum + received.repeats, 0)),
    String(reckoning.auditSize),
    reckoning.findings.length === 0 ? 'adds up' : `${reckoning.findings.length} FINDINGS`,
  ];
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
