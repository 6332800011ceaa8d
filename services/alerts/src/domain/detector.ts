import { refuse } from '@corridor/kernel';
import type { Amount } from './observation.ts';

/** Which side of a value raises an alarm. */
export type Direction = 'above' | 'below';

/** Raises an alarm when so many periods in a row are on one side of a value. */
export interface ThresholdDetector {
  readonly kind: 'threshold';
  readonly value: number;
  readonly direction: Direction;
  readonly consecutivePeriods: number;
}

/** Raises an alarm when a period differs from the mean of the periods before it by so many per cent. */
export interface RateOfChangeDetector {
  readonly kind: 'rate-of-change';
  readonly perCent: number;
  readonly direction: Direction;
  readonly windowPeriods: number;
  readonly leastKnownPeriods: number;
  readonly leastMean: number;
}

export type Detector = ThresholdDetector | RateOfChangeDetector;

/** What a detector found in one period. */
export interface Finding {
  /** Per cent, a whole number rounded down, at most a million. */
  readonly strength: number;
  /** The numbers of the periods it looked at and that say something, ascending. */
  readonly periods: readonly number[];
  /** The mean that a rate of change compares with: `sum` of `count` known periods. */
  readonly mean?: { readonly sum: number; readonly count: number };
}

/** What is known of the period of a number; undefined where nobody reported. */
export type AmountAt = (number: number) => Amount | undefined;

const STRONGEST = 1_000_000;
const MOST_CONSECUTIVE = 24;
const LONGEST_WINDOW = 120;
const HIGHEST_PER_CENT = 100_000;

/** @throws CorridorError INVALID_ARGUMENT naming the field */
export function checkDetector(detector: Detector): void {
  switch (detector.kind) {
    case 'threshold':
      range(detector.value, 1, Number.MAX_SAFE_INTEGER, 'rule.threshold.value');
      range(detector.consecutivePeriods, 1, MOST_CONSECUTIVE, 'rule.threshold.consecutive_periods');
      return;
    case 'rate-of-change':
      range(detector.perCent, 1, HIGHEST_PER_CENT, 'rule.rate_of_change.per_cent');
      range(detector.windowPeriods, 1, LONGEST_WINDOW, 'rule.rate_of_change.window_periods');
      range(detector.leastKnownPeriods, 1, detector.windowPeriods, 'rule.rate_of_change.least_known_periods');
      range(detector.leastMean, 0, Number.MAX_SAFE_INTEGER, 'rule.rate_of_change.least_mean');
      if (detector.direction === 'below' && detector.perCent > 100) refuse('rule.rate_of_change.per_cent', 'must be at most 100 for a fall');
  }
}

function range(value: number, least: number, most: number, field: string): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) refuse(field, `must be a whole number from ${least} to ${most}`);
}

/** How many periods before the one it decides about a detector looks at. */
export const reachBack = (detector: Detector): number =>
  detector.kind === 'threshold' ? detector.consecutivePeriods - 1 : detector.windowPeriods;

/** The least strength an alarm of the detector can have. */
export const leastStrength = (detector: Detector): number => (detector.kind === 'threshold' ? 100 : detector.perCent);

/** What the detector finds in the period of a number; undefined: no alarm. */
export const detect = (detector: Detector, number: number, at: AmountAt): Finding | undefined =>
  detector.kind === 'threshold' ? overThreshold(detector, number, at) : changed(detector, number, at);

/**
 * ABOVE is reached by a known number or by a bound below it, for then the number is at least that; BELOW by a known
 * number only. A period without a report breaks the row.
 */
function overThreshold({ value, direction, consecutivePeriods }: ThresholdDetector, number: number, at: AmountAt): Finding | undefined {
  const periods = Array.from({ length: consecutivePeriods }, (_, i) => number - consecutivePeriods + 1 + i);
  const isReached = (amount: Amount | undefined): boolean => {
    if (amount === undefined || amount.kind === 'unknown') return false;
    return direction === 'above' ? amount.value >= value : amount.kind === 'known' && amount.value <= value;
  };
  if (!periods.every((period) => isReached(at(period)))) return undefined;
  const last = at(number);
  if (last === undefined || last.kind === 'unknown') return undefined;
  const strength = direction === 'above' ? perCent(last.value, value) : perCent(value, last.value);
  return { strength, periods };
}

/**
 * The change of the last period from the mean of those known among the periods before it, exact in whole numbers. A gap,
 * an unknown period or one of which only a bound is known is none of them.
 */
function changed({ direction, leastKnownPeriods, leastMean, windowPeriods, ...detector }: RateOfChangeDetector, number: number, at: AmountAt): Finding | undefined {
  const last = at(number);
  if (last?.kind !== 'known') return undefined;
  const periods: number[] = [];
  let sum = 0n;
  for (let period = number - windowPeriods; period < number; period += 1) {
    const amount = at(period);
    if (amount?.kind !== 'known') continue;
    periods.push(period);
    sum += BigInt(amount.value);
  }
  const count = BigInt(periods.length);
  if (periods.length < leastKnownPeriods || sum === 0n || sum < BigInt(leastMean) * count) return undefined;
  // (value - sum / count) / (sum / count), per cent.
  const difference = BigInt(last.value) * count - sum;
  const change = direction === 'above' ? difference : -difference;
  if (change * 100n < BigInt(detector.perCent) * sum) return undefined;
  return { strength: capped((change * 100n) / sum), periods: [...periods, number], mean: { sum: Number(sum), count: periods.length } };
}

const perCent = (of: number, whole: number): number => (whole === 0 ? STRONGEST : capped((BigInt(of) * 100n) / BigInt(whole)));
const capped = (strength: bigint): number => (strength > BigInt(STRONGEST) ? STRONGEST : Number(strength));
