import type { AlertState, DutyState } from '@corridor/contracts/alerts/v1/alerts';
import type { CapCategory, CapCertainty, CapMessageType, CapStatus, CapUrgency } from '@corridor/contracts/alerts/v1/cap';
import type { Category, Granularity, LegalBasis, OnwardSharing, PersonalDataLevel, PlacePrecision, Purpose, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import type { ContributionStage, ContributionUnit, Implementation, Position, Theme, Timeliness, Verification } from '@corridor/contracts/followup/v1/resources';
import type { AccessKind } from '@corridor/contracts/hub/v1/hub';
import type { Measure, Population, Quality, RescuePhase, Severity, ViewForm } from '@corridor/contracts/hub/v1/updates';

/** The names of an enum of the contracts that are ever sent, as JSON has them. */
type Names<E> = Exclude<Extract<keyof E, string>, 'UNRECOGNIZED' | `${string}_UNSPECIFIED`>;
/** The same of an enum whose zero value says something. */
type AllNames<E> = Exclude<Extract<keyof E, string>, 'UNRECOGNIZED'>;

export type AccessKindName = Names<typeof AccessKind>;
export type AlertStateName = Names<typeof AlertState>;
export type CapCategoryName = Names<typeof CapCategory>;
export type CapCertaintyName = Names<typeof CapCertainty>;
export type CapMessageTypeName = Names<typeof CapMessageType>;
export type CapStatusName = Names<typeof CapStatus>;
export type CapUrgencyName = Names<typeof CapUrgency>;
export type CategoryName = Names<typeof Category>;
export type ContributionStageName = Names<typeof ContributionStage>;
export type ContributionUnitName = Names<typeof ContributionUnit>;
export type DutyStateName = Names<typeof DutyState>;
export type GranularityName = Names<typeof Granularity>;
export type ImplementationName = Names<typeof Implementation>;
export type LegalBasisName = Names<typeof LegalBasis>;
export type MeasureName = Names<typeof Measure>;
export type OnwardSharingName = Names<typeof OnwardSharing>;
export type PersonalDataLevelName = Names<typeof PersonalDataLevel>;
export type PlacePrecisionName = Names<typeof PlacePrecision>;
export type PopulationName = Names<typeof Population>;
export type PositionName = AllNames<typeof Position>;
export type PurposeName = Names<typeof Purpose>;
export type QualityName = Names<typeof Quality>;
export type RescuePhaseName = Names<typeof RescuePhase>;
export type SeverityName = Names<typeof Severity>;
export type ThemeName = Names<typeof Theme>;
export type TimelinessName = AllNames<typeof Timeliness>;
export type TlpName = Names<typeof Tlp>;
export type VerificationName = AllNames<typeof Verification>;
export type ViewFormName = Names<typeof ViewForm>;
