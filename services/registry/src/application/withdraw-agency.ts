import { type AgencyId, checkVersion } from '@corridor/kernel';
import { decideLife } from '../domain/agency-life.ts';
import type { Agency } from '../domain/organisation.ts';
import { changeAgency, requireOwn } from './change-organisation.ts';
import type { By, Registry } from './registry.ts';

/**
 * The operator, or the agency itself, ends a participation for good. From the answer on nothing goes to or from it.
 * @throws PERMISSION_DENIED, NOT_FOUND, STATE_FORBIDS, VERSION_CONFLICT, INVALID_ARGUMENT
 */
export async function withdrawAgency(
  registry: Registry,
  by: By,
  id: AgencyId,
  expectedVersion: number,
  reason: string,
): Promise<Agency> {
  if (!by.roles.has('operator')) requireOwn(by, id);
  const agency = await changeAgency(registry, by, id, (stored) => {
    checkVersion(expectedVersion, stored.version);
    return decideLife({ kind: 'withdraw', reason }, stored);
  });
  await registry.confirmed();
  return agency;
}
