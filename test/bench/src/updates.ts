import { Category, CountState, Granularity, type Handling, LegalBasis, OnwardSharing, PersonalDataLevel, PlacePrecision, Purpose, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import type { PublishRequest } from '@corridor/contracts/hub/v1/hub';
import { Breakdown, Measure, Population, Quality, TransportMode, type Update } from '@corridor/contracts/hub/v1/updates';
import { newUuid } from '@corridor/kernel';

const START = new Date(Date.UTC(2026, 0, 1));
const END = new Date(Date.UTC(2026, 1, 1));
const known = (value: number) => ({ state: CountState.COUNT_STATE_KNOWN, value: BigInt(value) });

/** A monthly table of two nationalities, as a small partner would publish it; about 120 bytes. */
export function update(): Update {
  return {
    updateId: newUuid(),
    replacesVersion: 0,
    place: { country: 'ITA', adminCode: '', route: '', point: undefined },
    period: { start: START, end: END, granularity: Granularity.GRANULARITY_MONTH },
    content: {
      $case: 'movement',
      value: {
        measure: Measure.MEASURE_ARRIVALS,
        population: Population.POPULATION_MIXED,
        quality: Quality.QUALITY_OBSERVED,
        mode: TransportMode.TRANSPORT_MODE_SEA,
        breakdown: Breakdown.BREAKDOWN_NATIONALITY,
        rows: [
          { key: 'AFG', count: known(164) },
          { key: 'SYR', count: known(120) },
        ],
        total: known(284),
      },
    },
  };
}

/** The handling of counts for a purpose. */
export const handlingFor = (purpose: Purpose): Handling => ({
  tlp: Tlp.TLP_AMBER,
  purposes: [purpose],
  legalBasis: LegalBasis.LEGAL_BASIS_PUBLIC_INTEREST,
  personalDataLevel: PersonalDataLevel.PERSONAL_DATA_LEVEL_AGGREGATE,
  retentionDays: 365,
  onwardSharing: OnwardSharing.ONWARD_SHARING_PROHIBITED,
  precisionLimit: PlacePrecision.PLACE_PRECISION_POINT,
  namedActors: [],
  communityGroups: [],
  publicityAttestedBy: '',
});

/** A message of so many updates of one series. */
export const message = (owner: string, series: number, updates: number): PublishRequest => ({
  series: `agencies/${owner}/series/bench-${series}`,
  category: Category.CATEGORY_MOVEMENT,
  handling: handlingFor(Purpose.PURPOSE_PLANNING),
  updates: Array.from({ length: updates }, update),
  seenRevision: undefined,
  maskThreshold: 0,
});
