import type { Clock } from '@corridor/kernel';

/** What a stream takes from the connection it belongs to. */
export interface Surroundings {
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  /** Aborts when the connection closes. */
  readonly closed: AbortSignal;
}
