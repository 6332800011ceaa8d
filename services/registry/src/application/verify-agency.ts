import { type AgencyId, checkVersion } from '@corridor/kernel';
import { decideLife } from '../domain/agency-life.ts';
import type { Agency } from '../domain/organisation.ts';
import { changeAgency } from './change-organisation.ts';
import type { By, Registry } from './registry.ts';

/** The operator verifies an endorsed applicant. @throws NOT_FOUND, STATE_FORBIDS, VERSION_CONFLICT */
export async function verifyAgency(registry: Registry, by: By, id: AgencyId, expectedVersion: number): Promise<Agency> {
  const agency = await changeAgency(registry, by, id, (stored) => {
    checkVersion(expectedVersion, stored.version);
    return decideLife({ kind: 'verify' }, stored);
  });
  await registry.published();
  return agency;
}
