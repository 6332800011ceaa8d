import type { AgencyId } from '@corridor/kernel';
import type { Group } from '../domain/group.ts';
import { changeGroup } from './change-group.ts';
import { readAgency } from './change-organisation.ts';
import type { By, Registry } from './registry.ts';

/**
 * The convener adds a member: the next epoch.
 * @throws NOT_FOUND, PERMISSION_DENIED, STATE_FORBIDS, AGENCY_NOT_ACTIVE, VERSION_CONFLICT
 */
export async function addGroupMember(
  registry: Registry,
  by: By,
  id: string,
  agency: AgencyId,
  expectedVersion: number,
): Promise<Group> {
  const member = await readAgency(registry, agency);
  const group = await changeGroup(registry, by, id, ({ convener }) => convener === by.agency, {
    kind: 'add-member',
    member,
    expectedVersion,
  });
  await registry.published();
  return group;
}
