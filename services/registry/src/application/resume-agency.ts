import { type AgencyId, checkVersion } from '@corridor/kernel';
import { decideLife } from '../domain/agency-life.ts';
import type { Agency } from '../domain/organisation.ts';
import { changeAgency } from './change-organisation.ts';
import type { By, Registry } from './registry.ts';

/** The operator ends a suspension. @throws NOT_FOUND, STATE_FORBIDS, VERSION_CONFLICT */
export async function resumeAgency(registry: Registry, by: By, id: AgencyId, expectedVersion: number): Promise<Agency> {
  const agency = await changeAgency(registry, by, id, (stored) => {
    checkVersion(expectedVersion, stored.version);
    return decideLife({ kind: 'resume' }, stored);
  });
  await registry.published();
  return agency;
}
