import type { Uuid } from '@corridor/kernel';
import type { AlertChange } from '../domain/alert.ts';

/** One record of the alerts topic. */
export interface AlertNews {
  readonly partition: number;
  readonly offset: number;
  /** The id of its envelope. */
  readonly id: string;
  /** What whoever tells of it follows from (W3C Trace Context), where that is sampled. */
  readonly traceparent?: string;
  /** What happened to an alert; absent where it happened to a rule, or can be read no more. */
  readonly change?: AlertChange;
}

/** The alerts topic. */
export interface AlertLog {
  readonly partitions: number;
  /** Per partition the offset behind the last record. */
  end(): Promise<readonly number[]>;
  /** Up to which version the records shortly before some offsets tell of each alert. */
  versionsBefore(offsets: readonly number[]): Promise<ReadonlyMap<Uuid, number>>;
  /** Everything from some offsets on, then what is new, until the signal aborts. */
  follow(from: readonly number[], signal: AbortSignal): AsyncIterable<AlertNews>;
}
