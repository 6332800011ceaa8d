import { Breakdown, Quality, RescuePhase, TotalBasis, ViewForm } from '@corridor/contracts/hub/v1/updates';
import { translation, wire } from '@corridor/runtime';

/** The words of updates that the contract and the domain share, each with its translation. */
export const words = {
  measure: wire.measure,
  population: wire.population,
  quality: translation(Quality, ['observed', 'estimated', 'provisional'] as const, {
    observed: Quality.QUALITY_OBSERVED,
    estimated: Quality.QUALITY_ESTIMATED,
    provisional: Quality.QUALITY_PROVISIONAL,
  }),
  mode: wire.mode,
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
  severity: wire.severity,
  form: translation(ViewForm, ['masked', 'exact'] as const, {
    masked: ViewForm.VIEW_FORM_MASKED,
    exact: ViewForm.VIEW_FORM_EXACT,
  }),
  totalBasis: translation(TotalBasis, ['all', 'shown-rows'] as const, {
    all: TotalBasis.TOTAL_BASIS_ALL,
    'shown-rows': TotalBasis.TOTAL_BASIS_SHOWN_ROWS,
  }),
};
