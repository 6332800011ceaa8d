import { CapStatus } from '@corridor/contracts/alerts/v1/cap';
import { Direction, type Rule } from '@corridor/contracts/alerts/v1/rules';
import { CountState, Granularity, LegalBasis, OnwardSharing, PersonalDataLevel, PlacePrecision, Purpose, Tlp, type Count, type Handling } from '@corridor/contracts/common/v1/vocabulary';
import { Breakdown, Measure, Population, Quality, Severity, TotalBasis, TransportMode, type UpdateView } from '@corridor/contracts/hub/v1/updates';
import { derivedUuid, utf8 } from '@corridor/kernel';
import { ROUTE, SERIES } from './world.testing.ts';

/** What is reported in the tests of early warning, and the rule that reads it. */

export const handling = (change: Partial<Handling> = {}): Handling => ({
  tlp: Tlp.TLP_AMBER,
  purposes: [Purpose.PURPOSE_EARLY_WARNING],
  legalBasis: LegalBasis.LEGAL_BASIS_PUBLIC_INTEREST,
  personalDataLevel: PersonalDataLevel.PERSONAL_DATA_LEVEL_AGGREGATE,
  retentionDays: 365,
  onwardSharing: OnwardSharing.ONWARD_SHARING_PROHIBITED,
  precisionLimit: PlacePrecision.PLACE_PRECISION_POINT,
  namedActors: [],
  communityGroups: [],
  publicityAttestedBy: '',
  ...change,
});

const count = (value: number | 'suppressed' | 'unknown'): Count =>
  typeof value === 'number'
    ? { state: CountState.COUNT_STATE_KNOWN, value: BigInt(value) }
    : { state: value === 'unknown' ? CountState.COUNT_STATE_UNKNOWN : CountState.COUNT_STATE_SUPPRESSED, value: 0n };

/** The id of the report of a month: the same for all its versions. */
const reportId = (month: number, of = 'total'): string => derivedUuid(Date.UTC(2026, month), utf8(`${of} ${month}`));

export interface MonthChange {
  readonly version?: number;
  readonly rows?: Readonly<Record<string, number | 'suppressed' | 'unknown'>>;
  readonly of?: string;
  readonly place?: UpdateView['place'];
  readonly measure?: Measure;
}

/** The view of one month (from 0, January 2026) with its total: a number, suppressed, unknown, or none stated. */
export const month = (number: number, total: number | 'suppressed' | 'unknown' | 'unstated', { version = 1, rows = {}, of, place, measure = Measure.MEASURE_ARRIVALS }: MonthChange = {}): UpdateView => ({
  name: reportId(number, of),
  version,
  place: place ?? { country: '', adminCode: '', route: ROUTE, point: undefined },
  period: { start: new Date(Date.UTC(2026, number)), end: new Date(Date.UTC(2026, number + 1)), granularity: Granularity.GRANULARITY_MONTH },
  content: {
    $case: 'movement',
    value: {
      measure,
      population: Population.POPULATION_MIXED,
      quality: Quality.QUALITY_OBSERVED,
      mode: TransportMode.TRANSPORT_MODE_SEA,
      breakdown: Object.keys(rows).length === 0 ? Breakdown.BREAKDOWN_NONE : Breakdown.BREAKDOWN_NATIONALITY,
      rows: Object.entries(rows).map(([key, value]) => ({ key, count: count(value) })),
      total: total === 'unstated' ? undefined : count(total),
    },
  },
  totalBasis: total === 'unstated' ? TotalBasis.TOTAL_BASIS_UNSPECIFIED : TotalBasis.TOTAL_BASIS_ALL,
});

export const retracted = (number: number, version: number): UpdateView => ({ ...month(number, 0, { version }), content: { $case: 'retraction', value: { reason: '' } } });

/** A rule of 800 arrivals on the route. */
export const rule = (change: Partial<Rule> = {}): Rule => ({
  name: '',
  version: 0n,
  title: 'Surge on the route',
  state: 0,
  observations: { series: [SERIES], measure: Measure.MEASURE_ARRIVALS, areas: [], granularity: Granularity.GRANULARITY_MONTH, populations: [], modes: [] },
  detector: { $case: 'threshold', value: { value: 800n, direction: Direction.DIRECTION_ABOVE, consecutivePeriods: 1 } },
  severities: [
    { atLeast: 100, severity: Severity.SEVERITY_MODERATE },
    { atLeast: 150, severity: Severity.SEVERITY_SEVERE },
  ],
  hazard: 'displacement',
  event: 'Surge of arrivals',
  instruction: 'Prepare reception.',
  expiresAfterSeconds: 1_209_600,
  handling: handling(),
  acknowledgement: { theme: '', deadlineSeconds: 0, escalationSeconds: 0 },
  status: CapStatus.CAP_STATUS_ACTUAL,
  author: '',
  approver: '',
  backtest: undefined,
  reason: '',
  ...change,
});
