import { CorridorError, type AgencyId } from '@corridor/kernel';
import type { PolicyState } from '@corridor/policy';

/** Agencies that may be addressed. @throws CorridorError AGENCY_NOT_ACTIVE naming the first that may not, INVALID_ARGUMENT */
export function checkAgency(agency: AgencyId, { agencies }: Pick<PolicyState, 'agencies'>, field: string): AgencyId {
  if (agencies.get(agency)?.state !== 'active') throw new CorridorError('AGENCY_NOT_ACTIVE', `${field} is no active agency`, { field });
  return agency;
}
