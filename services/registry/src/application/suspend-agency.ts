import { type AgencyId, checkVersion } from '@corridor/kernel';
import { decideLife } from '../domain/agency-life.ts';
import type { Agency } from '../domain/organisation.ts';
import { changeAgency } from './change-organisation.ts';
import type { By, Registry } from './registry.ts';

/**
 * The operator stops an active agency for the time being. From the answer on nothing goes to or from it.
 * @throws NOT_FOUND, STATE_FORBIDS, VERSION_CONFLICT, INVALID_ARGUMENT
 */
export async function suspendAgency(
  registry: Registry,
  by: By,
  id: AgencyId,
  expectedVersion: number,
  reason: string,
): Promise<Agency> {
  const agency = await changeAgency(registry, by, id, (stored) => {
    checkVersion(expectedVersion, stored.version);
    return decideLife({ kind: 'suspend', reason }, stored);
  });
  await registry.confirmed();
  return agency;
}
