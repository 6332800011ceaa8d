import { Handling, LegalBasis, OnwardSharing, PersonalDataLevel, PlacePrecision, type Purpose, type Tlp } from '@corridor/contracts/common/v1/vocabulary';

/** Ten years, so that a demonstration stays whole. */
const RETENTION_DAYS = 3650;

/** The handling of counts that derive from cases. */
export const countsHandling = (tlp: Tlp, purposes: readonly Purpose[], of: Partial<Handling> = {}): Handling =>
  Handling.fromPartial({
    tlp,
    purposes: [...purposes],
    legalBasis: LegalBasis.LEGAL_BASIS_PUBLIC_INTEREST,
    personalDataLevel: PersonalDataLevel.PERSONAL_DATA_LEVEL_AGGREGATE,
    retentionDays: RETENTION_DAYS,
    onwardSharing: OnwardSharing.ONWARD_SHARING_PROHIBITED,
    precisionLimit: PlacePrecision.PLACE_PRECISION_ADMIN2,
    ...of,
  });

/** The handling of texts in which nothing derives from persons' cases. */
export const textsHandling = (tlp: Tlp, purposes: readonly Purpose[]): Handling =>
  countsHandling(tlp, purposes, { legalBasis: LegalBasis.LEGAL_BASIS_NOT_PERSONAL, personalDataLevel: PersonalDataLevel.PERSONAL_DATA_LEVEL_NONE });
