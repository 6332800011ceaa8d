import { Category, Granularity, type Handling, Place, type Purpose, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import type { PublishRequest } from '@corridor/contracts/hub/v1/hub';
import { Breakdown, Measure, Population, Quality, TransportMode, type Update } from '@corridor/contracts/hub/v1/updates';
import { countsHandling } from '@corridor/standalone/scenario/handling';
import { known } from '@corridor/standalone/scenario/movements';

/** One version of a table of arrivals by sea in Italy. */
export interface Arrivals {
  readonly updateId: string;
  readonly replacesVersion?: number;
  /** Counted from January 2026 on. */
  readonly month?: number;
  /** Persons by nationality. */
  readonly rows: Readonly<Record<string, number>>;
}

/** A monthly table with its total, as a small partner would publish it. */
export const arrivals = ({ updateId, replacesVersion = 0, month = 0, rows }: Arrivals): Update => ({
  updateId,
  replacesVersion,
  place: Place.fromPartial({ country: 'ITA' }),
  period: { start: new Date(Date.UTC(2026, month, 1)), end: new Date(Date.UTC(2026, month + 1, 1)), granularity: Granularity.GRANULARITY_MONTH },
  content: {
    $case: 'movement',
    value: {
      measure: Measure.MEASURE_ARRIVALS,
      population: Population.POPULATION_MIXED,
      quality: Quality.QUALITY_OBSERVED,
      mode: TransportMode.TRANSPORT_MODE_SEA,
      breakdown: Breakdown.BREAKDOWN_NATIONALITY,
      rows: Object.entries(rows).map(([key, count]) => ({ key, count: known(count) })),
      total: known(Object.values(rows).reduce((sum, count) => sum + count, 0)),
    },
  },
});

/** The handling of counts that are kept for a year. */
export const handlingFor = (...purposes: readonly Purpose[]): Handling => countsHandling(Tlp.TLP_AMBER, purposes, { retentionDays: 365 });

/** Updates of a series, `agencies/{agency}/series/{series}`, in one message. */
export const publication = (series: string, handling: Handling, updates: readonly Update[]): PublishRequest => ({
  series,
  category: Category.CATEGORY_MOVEMENT,
  handling,
  updates,
  seenRevision: undefined,
  maskThreshold: 0,
});
