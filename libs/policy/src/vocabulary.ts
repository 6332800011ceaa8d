/** The words of the domain as closed lists. A value outside its list never enters the domain: edges refuse it. */

/** Traffic Light Protocol 2.0 (FIRST, August 2022), strictest first. */
export const TLPS = ['red', 'amber+strict', 'amber', 'green', 'clear'] as const;
export type Tlp = (typeof TLPS)[number];

export const CATEGORIES = [
  'movement',
  'reception',
  'asylum',
  'protection',
  'trafficking',
  'rescue',
  'crisis',
  'situation',
  'activity',
  'practice',
  'referral',
] as const;
export type Category = (typeof CATEGORIES)[number];

export const PURPOSES = [
  'protection',
  'assistance',
  'rescue',
  'early-warning',
  'planning',
  'statistics',
  'anti-trafficking',
  'border-management',
  'law-enforcement',
  'return',
] as const;
export type Purpose = (typeof PURPOSES)[number];

export const LEGAL_BASES = [
  'consent',
  'vital-interest',
  'public-interest',
  'legitimate-interest',
  'contract',
  'legal-obligation',
  'not-personal',
] as const;
export type LegalBasis = (typeof LEGAL_BASES)[number];

export const PERSONAL_DATA_LEVELS = ['none', 'aggregate', 'sealed'] as const;
export type PersonalDataLevel = (typeof PERSONAL_DATA_LEVELS)[number];

/** Strictest first. */
export const ONWARD_SHARINGS = ['prohibited', 'with-approval', 'allowed'] as const;
export type OnwardSharing = (typeof ONWARD_SHARINGS)[number];

/** Coarsest first. */
export const PRECISIONS = ['country', 'admin1', 'admin2', 'point'] as const;
export type Precision = (typeof PRECISIONS)[number];

export const AGENCY_KINDS = ['un-agency', 'state-authority', 'ngo', 'regional-body', 'mission'] as const;
export type AgencyKind = (typeof AGENCY_KINDS)[number];

export const AGENCY_STATES = ['applied', 'endorsed', 'verified', 'active', 'suspended', 'withdrawn'] as const;
export type AgencyState = (typeof AGENCY_STATES)[number];

export const ROLES = [
  'reader',
  'publisher',
  'approver',
  'duty-officer',
  'data-protection-officer',
  'administrator',
  'operator',
] as const;
export type Role = (typeof ROLES)[number];

export const AGREEMENT_STATES = ['draft', 'in-force', 'suspended', 'terminated'] as const;
export type AgreementState = (typeof AGREEMENT_STATES)[number];

export const CLAUSE_EFFECTS = ['permit', 'prohibit'] as const;
export type ClauseEffect = (typeof CLAUSE_EFFECTS)[number];

/** Purposes that are never implied: a clause has to name them. */
export const NEVER_IMPLIED_PURPOSES = ['border-management', 'law-enforcement', 'return'] as const satisfies readonly Purpose[];

/** Area of a clause that contains every place. */
export const WORLD = 'WORLD';
