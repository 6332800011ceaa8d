import { Command } from 'commander';
import { Group } from '@corridor/contracts/registry/v1/resources';
import { agencyName, everyPage, groupName, held, PAGE_SIZE, type Output, type Shell } from '../shell.ts';
import { facts, table } from '../table.ts';

/** `corridor group`: agencies that share under common terms. */
export function groupCommand(shell: Shell): Command {
  const command = new Command('group').description('sharing groups');
  command
    .command('list')
    .description('the groups of your agency')
    .action((_flags, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const groups = await everyPage(
          (pageToken) => node.registry.listGroups({ pageSize: PAGE_SIZE, pageToken }),
          (page) => page.groups,
        );
        await out.document({ groups: groups.map((group) => Group.toJSON(group)) }, () =>
          table(['GROUP', 'EPOCH', 'MEMBERS', 'NAME'], groups.map((g) => [g.name, String(g.version), membersText(g), g.displayName])),
        );
      }),
    );
  command
    .command('get <group>')
    .description('one group')
    .action((name: string, _flags, self: Command) =>
      shell.connected(self, async ({ node, out }) => show(out, (await node.registry.getGroup({ name: groupName(name) })).group)),
    );
  command
    .command('create <group-id>')
    .description('create a group with your agency as its convener and first member')
    .requiredOption('--name <text>', 'name for people')
    .action((groupId: string, { name }: { readonly name: string }, self: Command) =>
      shell.connected(self, async ({ node, out }) => show(out, (await node.registry.createGroup({ groupId, displayName: name })).group)),
    );
  for (const step of ['add', 'remove'] as const) {
    command
      .command(`${step} <group> <agency>`)
      .description(step === 'add' ? 'add a member' : 'remove a member; nothing goes to it as one any more once it is answered')
      .action((name: string, member: string, _flags, self: Command) =>
        shell.connected(self, async ({ node: { registry }, out }) => {
          const request = { name: groupName(name), member: agencyName(member), expectedVersion: 0n };
          await show(out, (step === 'add' ? await registry.addGroupMember(request) : await registry.removeGroupMember(request)).group);
        }),
      );
  }
  return command;
}

async function show(out: Output, group: Group | undefined): Promise<void> {
  const shown = held(group, 'a group');
  await out.document(Group.toJSON(shown), () =>
    facts([
      ['group', shown.name],
      ['name', shown.displayName],
      ['convener', shown.convener],
      ['members', membersText(shown)],
      ['epoch', `${shown.version}${shown.closed ? ', closed for good' : ''}`],
    ]),
  );
}

const membersText = ({ members }: Group): string => members.join(' ') || 'nobody';
