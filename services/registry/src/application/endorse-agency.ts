import { type AgencyId, checkVersion, CorridorError } from '@corridor/kernel';
import { decideLife } from '../domain/agency-life.ts';
import type { Agency } from '../domain/organisation.ts';
import { changeAgency } from './change-organisation.ts';
import type { By, Registry } from './registry.ts';

/**
 * An active agency stands up for an applicant.
 * @throws NOT_FOUND, STATE_FORBIDS, VERSION_CONFLICT, AGENCY_NOT_ACTIVE, PERMISSION_DENIED for the operator
 */
export async function endorseAgency(registry: Registry, by: By, id: AgencyId, expectedVersion: number): Promise<Agency> {
  const endorser = (await registry.organisations.get(by.agency))?.doc.agency;
  if (endorser === undefined) throw new CorridorError('PERMISSION_DENIED', 'only an agency endorses');
  const agency = await changeAgency(registry, by, id, (stored) => {
    checkVersion(expectedVersion, stored.version);
    return decideLife({ kind: 'endorse', by: endorser }, stored);
  });
  await registry.published();
  return agency;
}
