import type * as V from '../api/vocabulary.ts';

/** The words of the contracts' vocabularies, as people read them. A vocabulary that grows fails to compile until it is named here. */
export interface Words {
  readonly accessKind: Readonly<Record<V.AccessKindName, string>>;
  readonly alertState: Readonly<Record<V.AlertStateName, string>>;
  readonly capCategory: Readonly<Record<V.CapCategoryName, string>>;
  readonly capStatus: Readonly<Record<V.CapStatusName, string>>;
  readonly category: Readonly<Record<V.CategoryName, string>>;
  readonly certainty: Readonly<Record<V.CapCertaintyName, string>>;
  readonly dutyState: Readonly<Record<V.DutyStateName, string>>;
  readonly granularity: Readonly<Record<V.GranularityName, string>>;
  readonly implementation: Readonly<Record<V.ImplementationName, string>>;
  readonly legalBasis: Readonly<Record<V.LegalBasisName, string>>;
  readonly measure: Readonly<Record<V.MeasureName, string>>;
  readonly messageType: Readonly<Record<V.CapMessageTypeName, string>>;
  readonly onwardSharing: Readonly<Record<V.OnwardSharingName, string>>;
  readonly personalData: Readonly<Record<V.PersonalDataLevelName, string>>;
  readonly population: Readonly<Record<V.PopulationName, string>>;
  readonly position: Readonly<Record<V.PositionName, string>>;
  readonly precision: Readonly<Record<V.PlacePrecisionName, string>>;
  readonly purpose: Readonly<Record<V.PurposeName, string>>;
  readonly quality: Readonly<Record<V.QualityName, string>>;
  readonly rescuePhase: Readonly<Record<V.RescuePhaseName, string>>;
  readonly severity: Readonly<Record<V.SeverityName, string>>;
  readonly stage: Readonly<Record<V.ContributionStageName, string>>;
  readonly theme: Readonly<Record<V.ThemeName, string>>;
  readonly timeliness: Readonly<Record<V.TimelinessName, string>>;
  readonly tlp: Readonly<Record<V.TlpName, string>>;
  readonly unit: Readonly<Record<V.ContributionUnitName, string>>;
  readonly urgency: Readonly<Record<V.CapUrgencyName, string>>;
  readonly verification: Readonly<Record<V.VerificationName, string>>;
  readonly viewForm: Readonly<Record<V.ViewFormName, string>>;
}

export const WORDS_EN: Words = {
  accessKind: { ACCESS_KIND_DELIVERY: 'delivered', ACCESS_KIND_READ: 'read', ACCESS_KIND_PREVIEW: 'previewed', ACCESS_KIND_REFUSAL: 'refused' },
  alertState: { ALERT_STATE_DRAFT: 'draft', ALERT_STATE_OPEN: 'open', ALERT_STATE_CANCELLED: 'cancelled', ALERT_STATE_EXPIRED: 'expired' },
  capCategory: {
    CAP_CATEGORY_GEO: 'geophysical',
    CAP_CATEGORY_MET: 'meteorological',
    CAP_CATEGORY_SAFETY: 'public safety',
    CAP_CATEGORY_SECURITY: 'security',
    CAP_CATEGORY_RESCUE: 'rescue',
    CAP_CATEGORY_FIRE: 'fire',
    CAP_CATEGORY_HEALTH: 'health',
    CAP_CATEGORY_ENV: 'environment',
    CAP_CATEGORY_TRANSPORT: 'transport',
    CAP_CATEGORY_INFRA: 'infrastructure',
    CAP_CATEGORY_CBRNE: 'chemical, biological, radiological, nuclear, explosive',
    CAP_CATEGORY_OTHER: 'other',
  },
  capStatus: { CAP_STATUS_ACTUAL: 'actual', CAP_STATUS_EXERCISE: 'exercise', CAP_STATUS_SYSTEM: 'system', CAP_STATUS_TEST: 'test', CAP_STATUS_DRAFT: 'draft' },
  category: {
    CATEGORY_MOVEMENT: 'movement',
    CATEGORY_RECEPTION: 'reception',
    CATEGORY_ASYLUM: 'asylum',
    CATEGORY_PROTECTION: 'protection',
    CATEGORY_TRAFFICKING: 'trafficking',
    CATEGORY_RESCUE: 'rescue',
    CATEGORY_CRISIS: 'crisis',
    CATEGORY_SITUATION: 'situation',
    CATEGORY_ACTIVITY: 'activity',
    CATEGORY_PRACTICE: 'good practice',
    CATEGORY_REFERRAL: 'referral',
  },
  certainty: {
    CAP_CERTAINTY_OBSERVED: 'observed',
    CAP_CERTAINTY_LIKELY: 'likely',
    CAP_CERTAINTY_POSSIBLE: 'possible',
    CAP_CERTAINTY_UNLIKELY: 'unlikely',
    CAP_CERTAINTY_UNKNOWN: 'unknown',
  },
  dutyState: { DUTY_STATE_OPEN: 'open', DUTY_STATE_ESCALATED: 'escalated', DUTY_STATE_OVERDUE: 'overdue', DUTY_STATE_ACKNOWLEDGED: 'acknowledged' },
  granularity: {
    GRANULARITY_DAY: 'day',
    GRANULARITY_WEEK: 'week',
    GRANULARITY_MONTH: 'month',
    GRANULARITY_QUARTER: 'quarter',
    GRANULARITY_YEAR: 'year',
    GRANULARITY_CUSTOM: 'as stated',
  },
  implementation: {
    IMPLEMENTATION_NOT_STARTED: 'not started',
    IMPLEMENTATION_IN_PROGRESS: 'in progress',
    IMPLEMENTATION_IMPLEMENTED: 'implemented',
    IMPLEMENTATION_NO_LONGER_RELEVANT: 'no longer relevant',
  },
  legalBasis: {
    LEGAL_BASIS_CONSENT: 'consent',
    LEGAL_BASIS_VITAL_INTEREST: 'vital interest',
    LEGAL_BASIS_PUBLIC_INTEREST: 'public interest',
    LEGAL_BASIS_LEGITIMATE_INTEREST: 'legitimate interest',
    LEGAL_BASIS_CONTRACT: 'contract',
    LEGAL_BASIS_LEGAL_OBLIGATION: 'legal obligation',
    LEGAL_BASIS_NOT_PERSONAL: 'not personal',
  },
  measure: {
    MEASURE_DETECTIONS: 'Detections',
    MEASURE_ARRIVALS: 'Arrivals',
    MEASURE_DEPARTURES: 'Departures',
    MEASURE_REGISTRATIONS: 'Registrations',
    MEASURE_APPLICATIONS: 'Applications for asylum',
    MEASURE_RETURNS: 'Returns',
    MEASURE_STOCK: 'Stock at end of period',
  },
  messageType: {
    CAP_MESSAGE_TYPE_ALERT: 'alert',
    CAP_MESSAGE_TYPE_UPDATE: 'update',
    CAP_MESSAGE_TYPE_CANCEL: 'cancellation',
    CAP_MESSAGE_TYPE_ACK: 'acknowledgement',
    CAP_MESSAGE_TYPE_ERROR: 'rejection',
  },
  onwardSharing: { ONWARD_SHARING_PROHIBITED: 'prohibited', ONWARD_SHARING_WITH_APPROVAL: 'with approval', ONWARD_SHARING_ALLOWED: 'as the label allows' },
  personalData: { PERSONAL_DATA_LEVEL_NONE: 'none', PERSONAL_DATA_LEVEL_AGGREGATE: 'aggregate', PERSONAL_DATA_LEVEL_SEALED: 'sealed' },
  population: {
    POPULATION_REFUGEE: 'refugees',
    POPULATION_ASYLUM_SEEKER: 'asylum seekers',
    POPULATION_INTERNALLY_DISPLACED: 'internally displaced',
    POPULATION_RETURNEE: 'returnees',
    POPULATION_STATELESS: 'stateless persons',
    POPULATION_PALESTINE_REFUGEE: 'Palestine refugees',
    POPULATION_MIGRANT: 'migrants',
    POPULATION_MIXED: 'mixed movements',
  },
  position: { POSITION_UNSPECIFIED: 'none stated', POSITION_ACCEPTED: 'accepted', POSITION_NOTED: 'noted', POSITION_REJECTED: 'rejected' },
  precision: {
    PLACE_PRECISION_COUNTRY: 'country or route',
    PLACE_PRECISION_ADMIN1: 'first administrative level',
    PLACE_PRECISION_ADMIN2: 'second administrative level',
    PLACE_PRECISION_POINT: 'coordinates',
  },
  purpose: {
    PURPOSE_PROTECTION: 'protection',
    PURPOSE_ASSISTANCE: 'assistance',
    PURPOSE_RESCUE: 'rescue',
    PURPOSE_EARLY_WARNING: 'early warning',
    PURPOSE_PLANNING: 'planning',
    PURPOSE_STATISTICS: 'statistics',
    PURPOSE_ANTI_TRAFFICKING: 'anti-trafficking',
    PURPOSE_BORDER_MANAGEMENT: 'border management',
    PURPOSE_LAW_ENFORCEMENT: 'law enforcement',
    PURPOSE_RETURN: 'return',
  },
  quality: { QUALITY_OBSERVED: 'observed', QUALITY_ESTIMATED: 'estimated', QUALITY_PROVISIONAL: 'provisional' },
  rescuePhase: {
    RESCUE_PHASE_UNCERTAINTY: 'uncertainty (INCERFA)',
    RESCUE_PHASE_ALERT: 'alert (ALERFA)',
    RESCUE_PHASE_DISTRESS: 'distress (DETRESFA)',
    RESCUE_PHASE_UNDER_WAY: 'rescue under way',
    RESCUE_PHASE_RECOVERED: 'recovered',
    RESCUE_PHASE_DISEMBARKED: 'disembarked',
    RESCUE_PHASE_SUSPENDED: 'suspended',
  },
  severity: { SEVERITY_EXTREME: 'extreme', SEVERITY_SEVERE: 'severe', SEVERITY_MODERATE: 'moderate', SEVERITY_MINOR: 'minor', SEVERITY_UNKNOWN: 'severity unknown' },
  stage: { CONTRIBUTION_STAGE_PLEDGE: 'pledged', CONTRIBUTION_STAGE_COMMITMENT: 'committed', CONTRIBUTION_STAGE_DELIVERED: 'delivered' },
  theme: {
    THEME_ACCESS_TO_TERRITORY: 'access to territory',
    THEME_LAW_ALIGNMENT: 'law alignment',
    THEME_RECEPTION: 'reception',
    THEME_DOCUMENTATION: 'documentation',
    THEME_IDENTIFICATION: 'identification',
    THEME_REFERRAL: 'referral',
    THEME_VICTIMS_ACCESS_TO_JUSTICE: 'victims’ access to justice',
    THEME_ALTERNATIVES_TO_DETENTION: 'alternatives to detention',
    THEME_RESCUE: 'rescue',
    THEME_DATA: 'data',
    THEME_STATELESSNESS: 'statelessness',
    THEME_RETURN: 'return',
    THEME_COMPLEMENTARY_PATHWAYS: 'complementary pathways',
    THEME_INTEGRATION: 'integration',
    THEME_HEALTH: 'health',
    THEME_SECURITY: 'security',
    THEME_CAPACITY_BUILDING: 'capacity building',
  },
  timeliness: { TIMELINESS_UNSPECIFIED: 'no due date', TIMELINESS_ON_TIME: 'on time', TIMELINESS_OVERDUE: 'overdue' },
  tlp: { TLP_RED: 'TLP:RED', TLP_AMBER_STRICT: 'TLP:AMBER+STRICT', TLP_AMBER: 'TLP:AMBER', TLP_GREEN: 'TLP:GREEN', TLP_CLEAR: 'TLP:CLEAR' },
  unit: {
    CONTRIBUTION_UNIT_USD: 'US dollars',
    CONTRIBUTION_UNIT_RESETTLEMENT_PLACES: 'resettlement places',
    CONTRIBUTION_UNIT_PERSON_MONTHS: 'person-months',
    CONTRIBUTION_UNIT_EQUIPMENT_PIECES: 'pieces of equipment',
    CONTRIBUTION_UNIT_TRAINING_DAYS: 'training days',
    CONTRIBUTION_UNIT_IN_KIND_USD: 'in kind, US dollars',
  },
  urgency: {
    CAP_URGENCY_IMMEDIATE: 'immediate',
    CAP_URGENCY_EXPECTED: 'expected',
    CAP_URGENCY_FUTURE: 'future',
    CAP_URGENCY_PAST: 'past',
    CAP_URGENCY_UNKNOWN: 'unknown',
  },
  verification: {
    VERIFICATION_UNSPECIFIED: 'nothing reported',
    VERIFICATION_SELF_REPORTED: 'self-reported',
    VERIFICATION_PEER_VERIFIED: 'peer-verified',
    VERIFICATION_DISPUTED: 'disputed',
  },
  viewForm: { VIEW_FORM_MASKED: 'small counts hidden', VIEW_FORM_EXACT: 'exact' },
};
