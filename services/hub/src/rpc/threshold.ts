import { DEFAULT_THRESHOLD, MIN_THRESHOLD } from '@corridor/disclosure';
import { CorridorError } from '@corridor/kernel';

const MAX_THRESHOLD = 1000;

/** The threshold a request asks for; 0 asks for the usual one. @throws INVALID_ARGUMENT. */
export function thresholdFrom(value: number): number {
  if (value === 0) return DEFAULT_THRESHOLD;
  if (value < MIN_THRESHOLD || value > MAX_THRESHOLD) {
    throw new CorridorError('INVALID_ARGUMENT', `mask_threshold must be from ${MIN_THRESHOLD} to ${MAX_THRESHOLD}`, { field: 'mask_threshold' });
  }
  return value;
}
