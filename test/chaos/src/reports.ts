import { Granularity, Place } from '@corridor/contracts/common/v1/vocabulary';
import type { PublishRequest } from '@corridor/contracts/hub/v1/hub';
import { Breakdown, Quality, type Update } from '@corridor/contracts/hub/v1/updates';
import { ARRIVALS, known, request } from '@corridor/standalone/scenario/movements';
import { OWN_NATIONALS } from './cast.ts';

/** Counts by nationality. */
export type Counts = ReadonlyMap<string, number>;

const PLACES = ['ITA', 'GRC', 'ESP', 'MLT', 'CYP'] as const;
const MONTHS = 48;
/** Each so many-th report has a row that others must not see. */
const SMALL_EVERY = 5;
const SMALL_COUNT = 3;

/** The row that every view of counts shows: others may be withheld so that small ones cannot be computed. */
export const LARGEST = 'AFG';

/** What report number `n` says in a version; every view of it changes with the version. */
export const countsOf = (n: number, version: number): Counts =>
  new Map([
    [LARGEST, 200 + (n % 500) + 1000 * version],
    ['PAK', 120],
    [OWN_NATIONALS, 150 + (n % 300)],
    ...(n % SMALL_EVERY === 0 ? [['ERI', SMALL_COUNT] as const] : []),
  ]);

/** One version of report number `n`. */
export function report(n: number, updateId: string, version: number): Update {
  const counts = countsOf(n, version);
  const month = n % MONTHS;
  return {
    updateId,
    replacesVersion: version - 1,
    place: Place.fromPartial({ country: PLACES[Math.floor(n / MONTHS) % PLACES.length] ?? PLACES[0] }),
    period: { start: new Date(Date.UTC(2021, month)), end: new Date(Date.UTC(2021, month + 1)), granularity: Granularity.GRANULARITY_MONTH },
    content: {
      $case: 'movement',
      value: {
        measure: ARRIVALS.measure,
        population: ARRIVALS.population,
        mode: ARRIVALS.mode,
        quality: Quality.QUALITY_OBSERVED,
        breakdown: Breakdown.BREAKDOWN_NATIONALITY,
        rows: [...counts].map(([key, count]) => ({ key, count: known(count) })),
        total: known([...counts.values()].reduce((sum, count) => sum + count, 0)),
      },
    },
  };
}

/** A message of a series, `agencies/{agency}/series/{series}`. */
export const message = (series: string, updates: readonly Update[]): PublishRequest => request({ ...ARRIVALS, name: series }, updates);
