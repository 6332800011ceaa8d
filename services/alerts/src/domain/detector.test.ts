import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDetector, detect, leastStrength, reachBack, type Detector, type RateOfChangeDetector, type ThresholdDetector } from './detector.ts';
import type { Amount } from './observation.ts';

const known = (value: number): Amount => ({ kind: 'known', value });
const atLeast = (value: number): Amount => ({ kind: 'at-least', value });
const UNKNOWN: Amount = { kind: 'unknown' };

/** Amounts by number; a gap where there is none. */
const at = (amounts: readonly (Amount | undefined)[]) => (number: number): Amount | undefined => amounts[number];
const last = (amounts: readonly unknown[]): number => amounts.length - 1;

const threshold = (change: Partial<ThresholdDetector> = {}): ThresholdDetector => ({ kind: 'threshold', value: 100, direction: 'above', consecutivePeriods: 1, ...change });
const rate = (change: Partial<RateOfChangeDetector> = {}): RateOfChangeDetector => ({
  kind: 'rate-of-change',
  perCent: 50,
  direction: 'above',
  windowPeriods: 3,
  leastKnownPeriods: 2,
  leastMean: 0,
  ...change,
});

describe('a threshold', () => {
  it.each<[string, Partial<ThresholdDetector>, readonly (Amount | undefined)[], number | undefined]>([
    ['reached', {}, [known(100)], 100],
    ['exceeded', {}, [known(155)], 155],
    ['not reached', {}, [known(99)], undefined],
    ['reached by a bound alone', {}, [atLeast(120)], 120],
    ['not reached by a bound', {}, [atLeast(99)], undefined],
    ['and nothing known', {}, [UNKNOWN], undefined],
    ['and nobody who reported', {}, [undefined], undefined],
    ['reached twice in a row', { consecutivePeriods: 2 }, [known(100), known(150)], 150],
    ['reached twice with a gap', { consecutivePeriods: 2 }, [known(100), undefined, known(150)], undefined],
    ['reached twice with an unknown between', { consecutivePeriods: 2 }, [known(100), UNKNOWN, known(150)], undefined],
    ['below, reached', { direction: 'below' }, [known(50)], 200],
    ['below, reached exactly', { direction: 'below' }, [known(100)], 100],
    ['below, reached by zero', { direction: 'below' }, [known(0)], 1_000_000],
    ['below, and only a bound', { direction: 'below' }, [atLeast(1)], undefined],
    ['below, and nothing known: suppressed is never zero', { direction: 'below' }, [UNKNOWN], undefined],
    ['above by more than anybody counts', { value: 1 }, [known(Number.MAX_SAFE_INTEGER)], 1_000_000],
  ])('%s', (_, change, amounts, strength) => {
    expect(detect(threshold(change), last(amounts), at(amounts))?.strength).toBe(strength);
  });
});

describe('a rate of change', () => {
  it.each<[string, Partial<RateOfChangeDetector>, readonly (Amount | undefined)[], number | undefined]>([
    ['rises by half', {}, [known(100), known(100), known(100), known(150)], 50],
    ['rises by a little less', {}, [known(100), known(100), known(100), known(149)], undefined],
    ['leaves gaps out of the mean', {}, [known(100), undefined, known(200), known(300)], 100],
    ['leaves what is unknown or only bounded out of the mean', { leastKnownPeriods: 1 }, [UNKNOWN, atLeast(900), known(200), known(300)], 50],
    ['needs enough known periods', {}, [UNKNOWN, undefined, known(200), known(900)], undefined],
    ['needs a known last period', {}, [known(100), known(100), known(100), atLeast(900)], undefined],
    ['rises from nothing: there is no mean to compare with', { leastKnownPeriods: 1 }, [known(0), known(0), known(0), known(900)], undefined],
    ['leaves small numbers alone', { leastMean: 101 }, [known(100), known(100), known(100), known(900)], undefined],
    ['takes the least mean itself', { leastMean: 100 }, [known(100), known(100), known(100), known(900)], 800],
    ['falls by half', { direction: 'below' }, [known(100), known(100), known(100), known(50)], 50],
    ['falls to nothing', { direction: 'below' }, [known(100), known(100), known(100), known(0)], 100],
    ['does not look for a rise when it looks for a fall', { direction: 'below' }, [known(100), known(100), known(100), known(900)], undefined],
    ['rounds down', {}, [known(3), known(3), known(3), known(5)], 66],
    ['is exact for the largest counts', {}, [known(2 ** 52), known(2 ** 52), known(2 ** 52), known(2 ** 53 - 1)], 99],
  ])('%s', (_, change, amounts, strength) => {
    expect(detect(rate(change), last(amounts), at(amounts))?.strength).toBe(strength);
  });
});

describe('every detector', () => {
  const amounts = fc.array(fc.oneof(fc.nat(1000).map(known), fc.nat(1000).map(atLeast), fc.constant(UNKNOWN), fc.constant(undefined)), { minLength: 1, maxLength: 12 });
  const detectors: fc.Arbitrary<Detector> = fc.oneof(
    fc.record({ kind: fc.constant('threshold' as const), value: fc.integer({ min: 1, max: 500 }), direction: fc.constantFrom('above', 'below'), consecutivePeriods: fc.integer({ min: 1, max: 3 }) }),
    fc.record({
      kind: fc.constant('rate-of-change' as const),
      perCent: fc.integer({ min: 1, max: 100 }),
      direction: fc.constantFrom('above', 'below'),
      windowPeriods: fc.integer({ min: 2, max: 6 }),
      leastKnownPeriods: fc.integer({ min: 1, max: 2 }),
      leastMean: fc.nat(50),
    }),
  );

  it('looks no further back than it says, and is never weaker than its weakest alarm', () => {
    fc.assert(
      fc.property(detectors, amounts, (detector, all) => {
        const number = last(all);
        const found = detect(detector, number, at(all));
        const within = (asked: number): Amount | undefined => (asked < number - reachBack(detector) ? undefined : at(all)(asked));
        expect(detect(detector, number, within)).toEqual(found);
        if (found !== undefined) expect(found.strength).toBeGreaterThanOrEqual(leastStrength(detector));
      }),
    );
  });

  it('finds nothing where nothing is known, whatever it looks for', () => {
    fc.assert(
      fc.property(detectors, fc.array(fc.constantFrom<Amount | undefined>(UNKNOWN, undefined), { minLength: 1, maxLength: 12 }), (detector, all) => {
        expect(detect(detector, last(all), at(all))).toBeUndefined();
      }),
    );
  });

  it.each<[string, Detector, string]>([
    ['a threshold of zero', threshold({ value: 0 }), 'rule.threshold.value'],
    ['no period in a row', threshold({ consecutivePeriods: 0 }), 'rule.threshold.consecutive_periods'],
    ['25 periods in a row', threshold({ consecutivePeriods: 25 }), 'rule.threshold.consecutive_periods'],
    ['a change of nothing', rate({ perCent: 0 }), 'rule.rate_of_change.per_cent'],
    ['a fall by more than all', rate({ direction: 'below', perCent: 101 }), 'rule.rate_of_change.per_cent'],
    ['an empty window', rate({ windowPeriods: 0 }), 'rule.rate_of_change.window_periods'],
    ['a window of more than ten years', rate({ windowPeriods: 121 }), 'rule.rate_of_change.window_periods'],
    ['more known periods than the window has', rate({ windowPeriods: 3, leastKnownPeriods: 4 }), 'rule.rate_of_change.least_known_periods'],
    ['no known period', rate({ leastKnownPeriods: 0 }), 'rule.rate_of_change.least_known_periods'],
  ])('is refused with %s', (_, detector, field) => {
    expect(() => checkDetector(detector)).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT', metadata: { field } }));
  });
});
