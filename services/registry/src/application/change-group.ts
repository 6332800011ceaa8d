import { CorridorError } from '@corridor/kernel';
import { commit } from '@corridor/outbox';
import type { Change } from '../domain/change.ts';
import { decideGroup, type Group, type GroupCommand } from '../domain/group.ts';
import type { By, Registry } from './registry.ts';

/**
 * Commits what a command makes of a group.
 * @param may whether the actor's agency, a member, may do it
 * @throws NOT_FOUND also for whoever is no member, PERMISSION_DENIED
 */
export async function changeGroup(
  registry: Registry,
  by: By,
  id: string,
  may: (group: Group) => boolean,
  command: GroupCommand,
): Promise<Group> {
  const change = await commit<Group, Change<'group'>>({
    documents: registry.groups,
    id,
    decide: (group) => {
      if (group === undefined || !group.members.includes(by.agency)) throw unknownGroup();
      if (!may(group)) throw new CorridorError('PERMISSION_DENIED', 'only the convener does this');
      return decideGroup(command, group, registry.signEpoch);
    },
    evolve: (_, { resource }) => resource.value,
    eventOf: (decided) => registry.eventOf(decided, by.name),
  });
  return change.resource.value;
}

/** The answer to whoever may not see a group, and to whoever names none. */
export const unknownGroup = (): CorridorError => new CorridorError('NOT_FOUND', 'there is no group of this name for you', { field: 'name' });
