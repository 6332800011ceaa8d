import {
  ContributionStage,
  ContributionUnit,
  Implementation,
  Position,
  Theme,
  Timeliness,
  Verification,
} from '@corridor/contracts/followup/v1/resources';
import { translation } from '@corridor/runtime';
import { IMPLEMENTATIONS, POSITIONS, STAGES, THEMES, TIMELINESSES, UNITS, VERIFICATIONS } from '../domain/vocabulary.ts';

/** The words of follow-up that the contract and the domain share, each with its translation. */
export const words = {
  theme: translation(Theme, THEMES, {
    'access-to-territory': Theme.THEME_ACCESS_TO_TERRITORY,
    'law-alignment': Theme.THEME_LAW_ALIGNMENT,
    reception: Theme.THEME_RECEPTION,
    documentation: Theme.THEME_DOCUMENTATION,
    identification: Theme.THEME_IDENTIFICATION,
    referral: Theme.THEME_REFERRAL,
    'victims-access-to-justice': Theme.THEME_VICTIMS_ACCESS_TO_JUSTICE,
    'alternatives-to-detention': Theme.THEME_ALTERNATIVES_TO_DETENTION,
    rescue: Theme.THEME_RESCUE,
    data: Theme.THEME_DATA,
    statelessness: Theme.THEME_STATELESSNESS,
    return: Theme.THEME_RETURN,
    'complementary-pathways': Theme.THEME_COMPLEMENTARY_PATHWAYS,
    integration: Theme.THEME_INTEGRATION,
    health: Theme.THEME_HEALTH,
    security: Theme.THEME_SECURITY,
    'capacity-building': Theme.THEME_CAPACITY_BUILDING,
  }),
  position: translation(Position, POSITIONS, {
    accepted: Position.POSITION_ACCEPTED,
    noted: Position.POSITION_NOTED,
    rejected: Position.POSITION_REJECTED,
  }),
  implementation: translation(Implementation, IMPLEMENTATIONS, {
    'not-started': Implementation.IMPLEMENTATION_NOT_STARTED,
    'in-progress': Implementation.IMPLEMENTATION_IN_PROGRESS,
    implemented: Implementation.IMPLEMENTATION_IMPLEMENTED,
    'no-longer-relevant': Implementation.IMPLEMENTATION_NO_LONGER_RELEVANT,
  }),
  verification: translation(Verification, VERIFICATIONS, {
    'self-reported': Verification.VERIFICATION_SELF_REPORTED,
    'peer-verified': Verification.VERIFICATION_PEER_VERIFIED,
    disputed: Verification.VERIFICATION_DISPUTED,
  }),
  timeliness: translation(Timeliness, TIMELINESSES, { 'on-time': Timeliness.TIMELINESS_ON_TIME, overdue: Timeliness.TIMELINESS_OVERDUE }),
  stage: translation(ContributionStage, STAGES, {
    pledge: ContributionStage.CONTRIBUTION_STAGE_PLEDGE,
    commitment: ContributionStage.CONTRIBUTION_STAGE_COMMITMENT,
    delivered: ContributionStage.CONTRIBUTION_STAGE_DELIVERED,
  }),
  unit: translation(ContributionUnit, UNITS, {
    usd: ContributionUnit.CONTRIBUTION_UNIT_USD,
    'resettlement-places': ContributionUnit.CONTRIBUTION_UNIT_RESETTLEMENT_PLACES,
    'person-months': ContributionUnit.CONTRIBUTION_UNIT_PERSON_MONTHS,
    'equipment-pieces': ContributionUnit.CONTRIBUTION_UNIT_EQUIPMENT_PIECES,
    'training-days': ContributionUnit.CONTRIBUTION_UNIT_TRAINING_DAYS,
    'in-kind-usd': ContributionUnit.CONTRIBUTION_UNIT_IN_KIND_USD,
  }),
};
