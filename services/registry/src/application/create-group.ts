import { CorridorError } from '@corridor/kernel';
import { isTaken } from '@corridor/outbox';
import { decideGroupCreation, type Group } from '../domain/group.ts';
import type { By, Registry } from './registry.ts';

/**
 * An agency creates a sharing group and convenes it.
 * @throws PERMISSION_DENIED for the operator, INVALID_ARGUMENT, ALREADY_EXISTS
 */
export async function createGroup(registry: Registry, by: By, id: string, displayName: string): Promise<Group> {
  if ((await registry.organisations.get(by.agency))?.doc.agency === undefined) {
    throw new CorridorError('PERMISSION_DENIED', 'only an agency convenes a group');
  }
  const change = decideGroupCreation(id, displayName, by.agency, registry.signEpoch);
  try {
    await registry.groups.create(id, change.resource.value, [registry.eventOf(change, by.name)]);
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw new CorridorError('ALREADY_EXISTS', 'the id belongs to another group', { field: 'group_id' });
  }
  await registry.published();
  return change.resource.value;
}
