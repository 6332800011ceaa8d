import { AlertState, DutyState } from '@corridor/contracts/alerts/v1/alerts';
import { CapCategory, CapCertainty, CapMessageType, CapStatus, CapUrgency } from '@corridor/contracts/alerts/v1/cap';
import { Direction, RuleState } from '@corridor/contracts/alerts/v1/rules';
import { AgencyKind, Category, Granularity, LegalBasis, OnwardSharing, PersonalDataLevel, PlacePrecision, Purpose, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import { PartnerTopicState } from '@corridor/contracts/hub/v1/hub';
import { Measure, Population, Quality, Severity, TransportMode } from '@corridor/contracts/hub/v1/updates';
import { AgencyState, AgreementState, Role } from '@corridor/contracts/registry/v1/resources';
import { ContributionStage, ContributionUnit, Implementation, Position, Theme, Timeliness, Verification } from '@corridor/contracts/followup/v1/resources';

/** The values of a contract's enum as words: `PURPOSE_EARLY_WARNING` is `early-warning`. */
export interface EnumWords<V extends number> {
  readonly all: readonly string[];
  /** The value of a word or of a contract name, undefined when there is none. */
  find(word: string): V | undefined;
  /** The word of a value; `-` for the unspecified one, its number when this version knows none. */
  of(value: number): string;
}

function enumWords<V extends number>(values: Readonly<Record<string, V>>, prefix: string): EnumWords<V> {
  const named = Object.entries(values).filter(([name, value]) => value > 0 && name.startsWith(prefix));
  const word = (name: string): string => name.slice(prefix.length).toLowerCase().replaceAll('_', '-');
  const byWord = new Map(named.flatMap(([name, value]) => [[word(name), value] as const, [name, value] as const]));
  const byValue = new Map<number, string>(named.map(([name, value]) => [value, word(name)]));
  return {
    all: named.map(([name]) => word(name)),
    find: (text) => byWord.get(text),
    of: (value) => (value === 0 ? '-' : (byValue.get(value) ?? String(value))),
  };
}

export const PURPOSES = enumWords(Purpose, 'PURPOSE_');
export const CATEGORIES = enumWords(Category, 'CATEGORY_');
export const TLPS = enumWords(Tlp, 'TLP_');
export const LEGAL_BASES = enumWords(LegalBasis, 'LEGAL_BASIS_');
export const LEVELS = enumWords(PersonalDataLevel, 'PERSONAL_DATA_LEVEL_');
export const ONWARD = enumWords(OnwardSharing, 'ONWARD_SHARING_');
export const PRECISIONS = enumWords(PlacePrecision, 'PLACE_PRECISION_');
export const THEMES = enumWords(Theme, 'THEME_');
export const POSITIONS = enumWords(Position, 'POSITION_');
export const IMPLEMENTATIONS = enumWords(Implementation, 'IMPLEMENTATION_');
export const VERIFICATIONS = enumWords(Verification, 'VERIFICATION_');
export const TIMELINESS = enumWords(Timeliness, 'TIMELINESS_');
export const STAGES = enumWords(ContributionStage, 'CONTRIBUTION_STAGE_');
export const UNITS = enumWords(ContributionUnit, 'CONTRIBUTION_UNIT_');
export const KINDS = enumWords(AgencyKind, 'AGENCY_KIND_');
export const AGENCY_STATES = enumWords(AgencyState, 'AGENCY_STATE_');
export const AGREEMENT_STATES = enumWords(AgreementState, 'AGREEMENT_STATE_');
export const ROLES = enumWords(Role, 'ROLE_');
export const MEASURES = enumWords(Measure, 'MEASURE_');
export const POPULATIONS = enumWords(Population, 'POPULATION_');
export const QUALITIES = enumWords(Quality, 'QUALITY_');
export const MODES = enumWords(TransportMode, 'TRANSPORT_MODE_');
export const SEVERITIES = enumWords(Severity, 'SEVERITY_');
export const GRANULARITIES = enumWords(Granularity, 'GRANULARITY_');
export const PARTNER_TOPIC_STATES = enumWords(PartnerTopicState, 'PARTNER_TOPIC_STATE_');
export const RULE_STATES = enumWords(RuleState, 'RULE_STATE_');
export const DIRECTIONS = enumWords(Direction, 'DIRECTION_');
export const CAP_STATUSES = enumWords(CapStatus, 'CAP_STATUS_');
export const CAP_CATEGORIES = enumWords(CapCategory, 'CAP_CATEGORY_');
export const URGENCIES = enumWords(CapUrgency, 'CAP_URGENCY_');
export const CERTAINTIES = enumWords(CapCertainty, 'CAP_CERTAINTY_');
export const CAP_MESSAGE_TYPES = enumWords(CapMessageType, 'CAP_MESSAGE_TYPE_');
export const ALERT_STATES = enumWords(AlertState, 'ALERT_STATE_');
export const DUTY_STATES = enumWords(DutyState, 'DUTY_STATE_');
