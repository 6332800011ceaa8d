/** The value below which a share of the samples lies (nearest rank). */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** One line of the result: what was measured, what it gave, the raw figure beside it, the aim. */
export interface Line {
  readonly what: string;
  readonly value: string;
  readonly raw?: string;
  readonly ratio?: number;
  readonly aim?: string;
}

export const rate = (count: number, seconds: number): string => `${Math.round(count / seconds).toLocaleString('en')}/s`;

/** Prints lines as a table. */
export function print(lines: readonly Line[]): void {
  for (const { what, value, raw = '', ratio, aim = '' } of lines) {
    const shown = ratio === undefined ? '' : ratio.toFixed(2);
    console.log(`${what.padEnd(58)} ${value.padStart(22)} ${raw.padStart(22)} ${shown.padStart(6)}  ${aim}`);
  }
}
