import { checkDistinct, checkProse, checkText, refuse, type AgencyId } from '@corridor/kernel';
import type { PolicyState } from '@corridor/policy';
import { checkAgency } from './agencies.ts';
import { checkConditions } from './conditions.ts';
import type { Meeting } from './meeting.ts';
import { checkArea, type Places } from './places.ts';
import type { Adopted } from './recommendation.ts';

const MAX_REFERENCE = 100;
const MAX_TEXT = 8000;
const MAX_THEMES = 8;
const MAX_RECOMMENDER = 200;
const MAX_ADDRESSEES = 50;

/** A recommendation as it is proposed; without a handling it has that of its meeting. */
export type Proposed = Omit<Adopted, 'meeting' | 'secretariat' | 'handling'> & Partial<Pick<Adopted, 'handling'>>;

/**
 * What a meeting adopts by a proposal.
 * @param field names the proposal in errors
 * @throws CorridorError INVALID_ARGUMENT, UNKNOWN_PLACE, AGENCY_NOT_ACTIVE, HANDLING_CONTRADICTORY
 */
export function checkProposal(proposed: Proposed, meeting: Meeting, places: Places, state: PolicyState, field: string): Adopted {
  if (proposed.reference !== '') checkText(proposed.reference, MAX_REFERENCE, `${field}.reference`);
  checkProse(proposed.text, 1, MAX_TEXT, `${field}.text`);
  if (proposed.themes.length === 0) refuse(`${field}.themes`, 'must name at least one theme');
  checkDistinct(proposed.themes, MAX_THEMES, `${field}.themes`);
  if (proposed.recommender !== '') checkText(proposed.recommender, MAX_RECOMMENDER, `${field}.recommender`);
  checkArea(proposed.area, places, `${field}.area`);
  checkAddressees(proposed.addressees, state, `${field}.addressees`);
  const handling = proposed.handling ?? meeting.handling;
  checkConditions(handling, meeting.secretariat, state, `${field}.handling`);
  return { ...proposed, meeting: meeting.id, secretariat: meeting.secretariat, handling };
}

function checkAddressees(addressees: readonly AgencyId[], state: Pick<PolicyState, 'agencies'>, field: string): void {
  if (addressees.length === 0) refuse(field, 'must name somebody: a recommendation to nobody is followed up by nobody');
  checkDistinct(addressees, MAX_ADDRESSEES, field).forEach((agency, i) => checkAgency(agency, state, `${field}[${i}]`));
}
