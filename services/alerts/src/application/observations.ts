import type { Observation, Report, SeriesRef, Track } from '../domain/observation.ts';
import type { Period } from '@corridor/policy';

/** Where a report stood. */
export interface Standing {
  readonly track: Track;
  readonly period: Period;
}

/** A report as it was taken. */
export interface TakenReport {
  readonly report: Report;
  /** Where the version before it stood. */
  readonly before?: Standing;
  /** When this version was first taken, milliseconds since the epoch. */
  readonly takenAt: number;
}

/** The newest version of every report that was received. */
export interface Observations {
  /**
   * Takes reports, of each the newest version. Those that are older than what is there are left out of the answer; what is
   * there already is in it, so that what was taken and not yet evaluated is evaluated.
   */
  take(reports: readonly Report[]): Promise<readonly TakenReport[]>;
  /** What is observed on a track from one period to another, by their numbers, both included. */
  window(track: Track, from: number, to: number): Promise<ReadonlyMap<number, Observation>>;
  /** All observations of a series, one track after the other, each by period. */
  tracks(series: SeriesRef): AsyncIterable<{ readonly track: Track; readonly observed: ReadonlyMap<number, Observation> }>;
  /** Forgets what may be kept no longer. Resolves with how many reports that were. */
  forgetExpired(): Promise<number>;
}
