import { Command } from 'commander';
import { Meeting } from '@corridor/contracts/followup/v1/resources';
import { handlingOf, withHandling, type HandlingFlags } from '../common-options.ts';
import { everyPage, groupName, held, meetingName, PAGE_SIZE, type Shell } from '../shell.ts';
import { handlingText } from '../show-updates.ts';
import { facts, table } from '../table.ts';
import { moment } from '../words.ts';

interface CreateFlags extends HandlingFlags {
  readonly title: string;
  readonly time: Date;
  readonly group?: string;
}

/** `corridor recommendations meeting`: joint meetings. */
export function meetingCommand(shell: Shell): Command {
  const command = new Command('meeting').description('the meetings that adopt recommendations');
  const create = command
    .command('create <meeting-id>')
    .description('enter a meeting whose records your agency keeps')
    .requiredOption('--title <text>', 'title')
    .requiredOption('--time <date>', 'when it took place', moment)
    .option('--group <group>', 'the sharing group that met', groupName);
  withHandling(create).action((meetingId: string, flags: CreateFlags, self: Command) =>
    shell.connected(self, async ({ node, out, terminal }) => {
      const handling = await handlingOf(flags, terminal);
      const meeting = { name: '', version: 0n, secretariat: '', title: flags.title, meetingTime: flags.time, group: flags.group ?? '', handling };
      const shown = held((await node.followup.createMeeting({ meetingId, meeting })).meeting, 'a meeting');
      await out.document(Meeting.toJSON(shown), () => meetingText(shown));
    }),
  );
  command
    .command('get <meeting>')
    .description('one meeting')
    .action((name: string, _flags, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const shown = held((await node.followup.getMeeting({ name: meetingName(name) })).meeting, 'a meeting');
        await out.document(Meeting.toJSON(shown), () => meetingText(shown));
      }),
    );
  command
    .command('list')
    .description('the meetings that you may see')
    .action((_flags, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const meetings = await everyPage(
          (pageToken) => node.followup.listMeetings({ pageSize: PAGE_SIZE, pageToken }),
          (page) => page.meetings,
        );
        await out.document({ meetings: meetings.map((one) => Meeting.toJSON(one)) }, () =>
          table(['MEETING', 'TIME', 'SECRETARIAT', 'TITLE'], meetings.map((m) => [m.name, m.meetingTime?.toISOString() ?? '-', m.secretariat, m.title])),
        );
      }),
    );
  return command;
}

const meetingText = (meeting: Meeting): string =>
  facts([
    ['meeting', meeting.name],
    ['title', meeting.title],
    ['time', meeting.meetingTime?.toISOString() ?? ''],
    ['secretariat', meeting.secretariat],
    ['group', meeting.group],
    ['handling', handlingText(meeting.handling)],
    ['version', String(meeting.version)],
  ]);
