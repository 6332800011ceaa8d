import {
  Breakdown,
  Measure,
  Population,
  Quality,
  RescuePhase,
  Severity,
  TotalBasis,
  TransportMode,
  ViewForm,
} from '@corridor/contracts/hub/v1/updates';
import { Granularity } from '@corridor/contracts/common/v1/vocabulary';
import { translation } from '@corridor/runtime';

/** The words of updates that the contract and the domain share, each with its translation. */
export const words = {
  measure: translation(
    Measure,
    ['detections', 'arrivals', 'departures', 'registrations', 'applications', 'returns', 'stock'] as const,
    {
      detections: Measure.MEASURE_DETECTIONS,
      arrivals: Measure.MEASURE_ARRIVALS,
      departures: Measure.MEASURE_DEPARTURES,
      registrations: Measure.MEASURE_REGISTRATIONS,
      applications: Measure.MEASURE_APPLICATIONS,
      returns: Measure.MEASURE_RETURNS,
      stock: Measure.MEASURE_STOCK,
    },
  ),
  population: translation(
    Population,
    ['refugee', 'asylum-seeker', 'internally-displaced', 'returnee', 'stateless', 'palestine-refugee', 'migrant', 'mixed'] as const,
    {
      refugee: Population.POPULATION_REFUGEE,
      'asylum-seeker': Population.POPULATION_ASYLUM_SEEKER,
      'internally-displaced': Population.POPULATION_INTERNALLY_DISPLACED,
      returnee: Population.POPULATION_RETURNEE,
      stateless: Population.POPULATION_STATELESS,
      'palestine-refugee': Population.POPULATION_PALESTINE_REFUGEE,
      migrant: Population.POPULATION_MIGRANT,
      mixed: Population.POPULATION_MIXED,
    },
  ),
  quality: translation(Quality, ['observed', 'estimated', 'provisional'] as const, {
    observed: Quality.QUALITY_OBSERVED,
    estimated: Quality.QUALITY_ESTIMATED,
    provisional: Quality.QUALITY_PROVISIONAL,
  }),
  mode: translation(TransportMode, ['land', 'sea', 'air', 'any'] as const, {
    land: TransportMode.TRANSPORT_MODE_LAND,
    sea: TransportMode.TRANSPORT_MODE_SEA,
    air: TransportMode.TRANSPORT_MODE_AIR,
    any: TransportMode.TRANSPORT_MODE_ANY,
  }),
  breakdown: translation(Breakdown, ['none', 'nationality', 'sex', 'age-group'] as const, {
    none: Breakdown.BREAKDOWN_NONE,
    nationality: Breakdown.BREAKDOWN_NATIONALITY,
    sex: Breakdown.BREAKDOWN_SEX,
    'age-group': Breakdown.BREAKDOWN_AGE_GROUP,
  }),
  phase: translation(
    RescuePhase,
    ['uncertainty', 'alert', 'distress', 'under-way', 'recovered', 'disembarked', 'suspended'] as const,
    {
      uncertainty: RescuePhase.RESCUE_PHASE_UNCERTAINTY,
      alert: RescuePhase.RESCUE_PHASE_ALERT,
      distress: RescuePhase.RESCUE_PHASE_DISTRESS,
      'under-way': RescuePhase.RESCUE_PHASE_UNDER_WAY,
      recovered: RescuePhase.RESCUE_PHASE_RECOVERED,
      disembarked: RescuePhase.RESCUE_PHASE_DISEMBARKED,
      suspended: RescuePhase.RESCUE_PHASE_SUSPENDED,
    },
  ),
  severity: translation(Severity, ['extreme', 'severe', 'moderate', 'minor', 'unknown'] as const, {
    extreme: Severity.SEVERITY_EXTREME,
    severe: Severity.SEVERITY_SEVERE,
    moderate: Severity.SEVERITY_MODERATE,
    minor: Severity.SEVERITY_MINOR,
    unknown: Severity.SEVERITY_UNKNOWN,
  }),
  granularity: translation(Granularity, ['day', 'week', 'month', 'quarter', 'year', 'custom'] as const, {
    day: Granularity.GRANULARITY_DAY,
    week: Granularity.GRANULARITY_WEEK,
    month: Granularity.GRANULARITY_MONTH,
    quarter: Granularity.GRANULARITY_QUARTER,
    year: Granularity.GRANULARITY_YEAR,
    custom: Granularity.GRANULARITY_CUSTOM,
  }),
  form: translation(ViewForm, ['masked', 'exact'] as const, {
    masked: ViewForm.VIEW_FORM_MASKED,
    exact: ViewForm.VIEW_FORM_EXACT,
  }),
  totalBasis: translation(TotalBasis, ['all', 'shown-rows'] as const, {
    all: TotalBasis.TOTAL_BASIS_ALL,
    'shown-rows': TotalBasis.TOTAL_BASIS_SHOWN_ROWS,
  }),
};
