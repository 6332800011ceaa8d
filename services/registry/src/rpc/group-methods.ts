import { allow, allowWhileInactive, expectedVersionFrom, paged, parseAgencyName, parseGroupName, parseSlug } from '@corridor/runtime';
import { addGroupMember } from '../application/add-group-member.ts';
import { createGroup } from '../application/create-group.ts';
import { getGroup, listGroups } from '../application/read.ts';
import { removeGroupMember } from '../application/remove-group-member.ts';
import { groupMessage } from '../messages.ts';
import type { Served, Some } from './served.ts';

type GroupMethods = Some<'createGroup' | 'addGroupMember' | 'removeGroupMember' | 'getGroup' | 'listGroups'>;

/** Sharing groups. */
export const groupMethods = (served: () => Served): GroupMethods => ({
  createGroup: allow(['administrator'], async ({ groupId, displayName }, { caller }) => ({
    group: groupMessage(await createGroup(served().registry, caller, parseSlug(groupId, 'group_id'), displayName)),
  })),
  addGroupMember: allow(['administrator'], async ({ name, member, expectedVersion }, { caller }) => {
    const agency = parseAgencyName(member, 'member');
    const expected = expectedVersionFrom(expectedVersion);
    return { group: groupMessage(await addGroupMember(served().registry, caller, parseGroupName(name, 'name'), agency, expected)) };
  }),
  removeGroupMember: allowWhileInactive(['administrator'], async ({ name, member, expectedVersion }, { caller }) => {
    const agency = parseAgencyName(member, 'member');
    const expected = expectedVersionFrom(expectedVersion);
    return { group: groupMessage(await removeGroupMember(served().registry, caller, parseGroupName(name, 'name'), agency, expected)) };
  }),
  getGroup: allowWhileInactive('every actor', async ({ name }, { caller }) => ({
    group: groupMessage(await getGroup(served().registry, caller, parseGroupName(name, 'name'))),
  })),
  listGroups: allowWhileInactive('every actor', async (request, { caller }) => {
    const { registry, pageTokens } = served();
    const list = { list: 'ListGroups', caller: caller.name };
    const { items, nextPageToken } = await paged(pageTokens, list, request, (after, limit) =>
      listGroups(registry, caller, after, limit),
    );
    return { groups: items.map(groupMessage), nextPageToken };
  }),
});
