import type { AgencyId } from '@corridor/kernel';
import type { Group } from '../domain/group.ts';
import { changeGroup } from './change-group.ts';
import type { By, Registry } from './registry.ts';

/**
 * The convener removes a member, or a member leaves: the next epoch. From the answer on it receives nothing as a member.
 * @throws NOT_FOUND, PERMISSION_DENIED, STATE_FORBIDS, VERSION_CONFLICT
 */
export async function removeGroupMember(
  registry: Registry,
  by: By,
  id: string,
  member: AgencyId,
  expectedVersion: number,
): Promise<Group> {
  const group = await changeGroup(registry, by, id, ({ convener }) => convener === by.agency || member === by.agency, {
    kind: 'remove-member',
    member,
    expectedVersion,
  });
  await registry.confirmed();
  return group;
}
