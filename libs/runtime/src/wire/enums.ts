import {
  AgencyKind,
  Category,
  LegalBasis,
  OnwardSharing,
  PersonalDataLevel,
  PlacePrecision,
  Purpose,
  Tlp,
} from '@corridor/contracts/common/v1/vocabulary';
import { AgencyState, AgreementState, ClauseEffect, Role } from '@corridor/contracts/registry/v1/resources';
import {
  AGENCY_KINDS,
  AGENCY_STATES,
  CATEGORIES,
  LEGAL_BASES,
  ONWARD_SHARINGS,
  PERSONAL_DATA_LEVELS,
  PRECISIONS,
  PURPOSES,
  ROLES,
  TLPS,
} from '@corridor/policy';
import { translation } from './translation.ts';

const AGREEMENT_STATES = ['draft', 'in-force', 'suspended', 'terminated'] as const;
const CLAUSE_EFFECTS = ['permit', 'prohibit'] as const;

/** The words that contracts and domain share, each with its translation. */
export const wire = {
  tlp: translation(Tlp, TLPS, {
    red: Tlp.TLP_RED,
    'amber+strict': Tlp.TLP_AMBER_STRICT,
    amber: Tlp.TLP_AMBER,
    green: Tlp.TLP_GREEN,
    clear: Tlp.TLP_CLEAR,
  }),
  category: translation(Category, CATEGORIES, {
    movement: Category.CATEGORY_MOVEMENT,
    reception: Category.CATEGORY_RECEPTION,
    asylum: Category.CATEGORY_ASYLUM,
    protection: Category.CATEGORY_PROTECTION,
    trafficking: Category.CATEGORY_TRAFFICKING,
    rescue: Category.CATEGORY_RESCUE,
    crisis: Category.CATEGORY_CRISIS,
    situation: Category.CATEGORY_SITUATION,
    activity: Category.CATEGORY_ACTIVITY,
    practice: Category.CATEGORY_PRACTICE,
    referral: Category.CATEGORY_REFERRAL,
  }),
  purpose: translation(Purpose, PURPOSES, {
    protection: Purpose.PURPOSE_PROTECTION,
    assistance: Purpose.PURPOSE_ASSISTANCE,
    rescue: Purpose.PURPOSE_RESCUE,
    'early-warning': Purpose.PURPOSE_EARLY_WARNING,
    planning: Purpose.PURPOSE_PLANNING,
    statistics: Purpose.PURPOSE_STATISTICS,
    'anti-trafficking': Purpose.PURPOSE_ANTI_TRAFFICKING,
    'border-management': Purpose.PURPOSE_BORDER_MANAGEMENT,
    'law-enforcement': Purpose.PURPOSE_LAW_ENFORCEMENT,
    return: Purpose.PURPOSE_RETURN,
  }),
  legalBasis: translation(LegalBasis, LEGAL_BASES, {
    consent: LegalBasis.LEGAL_BASIS_CONSENT,
    'vital-interest': LegalBasis.LEGAL_BASIS_VITAL_INTEREST,
    'public-interest': LegalBasis.LEGAL_BASIS_PUBLIC_INTEREST,
    'legitimate-interest': LegalBasis.LEGAL_BASIS_LEGITIMATE_INTEREST,
    contract: LegalBasis.LEGAL_BASIS_CONTRACT,
    'legal-obligation': LegalBasis.LEGAL_BASIS_LEGAL_OBLIGATION,
    'not-personal': LegalBasis.LEGAL_BASIS_NOT_PERSONAL,
  }),
  personalDataLevel: translation(PersonalDataLevel, PERSONAL_DATA_LEVELS, {
    none: PersonalDataLevel.PERSONAL_DATA_LEVEL_NONE,
    aggregate: PersonalDataLevel.PERSONAL_DATA_LEVEL_AGGREGATE,
    sealed: PersonalDataLevel.PERSONAL_DATA_LEVEL_SEALED,
  }),
  onwardSharing: translation(OnwardSharing, ONWARD_SHARINGS, {
    prohibited: OnwardSharing.ONWARD_SHARING_PROHIBITED,
    'with-approval': OnwardSharing.ONWARD_SHARING_WITH_APPROVAL,
    allowed: OnwardSharing.ONWARD_SHARING_ALLOWED,
  }),
  precision: translation(PlacePrecision, PRECISIONS, {
    country: PlacePrecision.PLACE_PRECISION_COUNTRY,
    admin1: PlacePrecision.PLACE_PRECISION_ADMIN1,
    admin2: PlacePrecision.PLACE_PRECISION_ADMIN2,
    point: PlacePrecision.PLACE_PRECISION_POINT,
  }),
  agencyKind: translation(AgencyKind, AGENCY_KINDS, {
    'un-agency': AgencyKind.AGENCY_KIND_UN_AGENCY,
    'state-authority': AgencyKind.AGENCY_KIND_STATE_AUTHORITY,
    ngo: AgencyKind.AGENCY_KIND_NGO,
    'regional-body': AgencyKind.AGENCY_KIND_REGIONAL_BODY,
    mission: AgencyKind.AGENCY_KIND_MISSION,
  }),
  agencyState: translation(AgencyState, AGENCY_STATES, {
    applied: AgencyState.AGENCY_STATE_APPLIED,
    endorsed: AgencyState.AGENCY_STATE_ENDORSED,
    verified: AgencyState.AGENCY_STATE_VERIFIED,
    active: AgencyState.AGENCY_STATE_ACTIVE,
    suspended: AgencyState.AGENCY_STATE_SUSPENDED,
    withdrawn: AgencyState.AGENCY_STATE_WITHDRAWN,
  }),
  role: translation(Role, ROLES, {
    reader: Role.ROLE_READER,
    publisher: Role.ROLE_PUBLISHER,
    approver: Role.ROLE_APPROVER,
    'duty-officer': Role.ROLE_DUTY_OFFICER,
    'data-protection-officer': Role.ROLE_DATA_PROTECTION_OFFICER,
    administrator: Role.ROLE_ADMINISTRATOR,
    operator: Role.ROLE_OPERATOR,
  }),
  agreementState: translation(AgreementState, AGREEMENT_STATES, {
    draft: AgreementState.AGREEMENT_STATE_DRAFT,
    'in-force': AgreementState.AGREEMENT_STATE_IN_FORCE,
    suspended: AgreementState.AGREEMENT_STATE_SUSPENDED,
    terminated: AgreementState.AGREEMENT_STATE_TERMINATED,
  }),
  clauseEffect: translation(ClauseEffect, CLAUSE_EFFECTS, {
    permit: ClauseEffect.CLAUSE_EFFECT_PERMIT,
    prohibit: ClauseEffect.CLAUSE_EFFECT_PROHIBIT,
  }),
} as const;
