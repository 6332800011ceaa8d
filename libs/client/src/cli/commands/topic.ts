import { Command } from 'commander';
import type { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { PartnerTopic, PartnerTopicCredential } from '@corridor/contracts/hub/v1/hub';
import { CATEGORIES, PARTNER_TOPIC_STATES, PURPOSES } from '../../enum-words.ts';
import { filterOf, purposeOption, withFilter, type FilterFlags } from '../common-options.ts';
import { createSecret } from '../files.ts';
import { held, type Output, type Shell } from '../shell.ts';
import { facts } from '../table.ts';

/** `corridor topic`: the agency's own topic of the log. */
export function topicCommand(shell: Shell): Command {
  const command = new Command('topic').description("your agency's own topic of the log, to which what it may see is appended (administrators)");
  withFilter(command.command('open'))
    .description('open it, beginning with what is kept; to change purpose or filter, close it first')
    .addOption(purposeOption())
    .action((flags: FilterFlags & { readonly purpose: Purpose }, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) =>
        show(out, (await node.hub.openPartnerTopic({ parent: agency(), purpose: flags.purpose, filter: filterOf(flags) })).partnerTopic),
      ),
    );
  command
    .command('close')
    .description('close it; the topic goes with all that is in it')
    .action((_flags, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) => show(out, (await node.hub.closePartnerTopic({ name: `${agency()}/partnerTopic` })).partnerTopic)),
    );
  command
    .command('get')
    .description('where it stands')
    .action((_flags, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) => show(out, (await node.hub.getPartnerTopic({ name: `${agency()}/partnerTopic` })).partnerTopic)),
    );
  command
    .command('credential')
    .description('a new credential, with which any Kafka client reads the topic; the one before opens no connection any more')
    .requiredOption('--file <file>', 'where to write it, as JSON that only you can read; - prints it')
    .action(({ file }: { readonly file: string }, self: Command) =>
      shell.connected(self, async ({ node, out, agency, terminal }) => {
        const issued = async (): Promise<string> => {
          const { credential } = await node.hub.issuePartnerTopicCredential({ name: `${agency()}/partnerTopic` });
          return `${JSON.stringify(PartnerTopicCredential.toJSON(held(credential, 'a credential')), null, 2)}\n`;
        };
        if (file === '-') return terminal.out(await issued());
        await createSecret(file, issued);
        return out.document({ file }, () => facts([['credential', file]]));
      }),
    );
  return command;
}

async function show(out: Output, topic: PartnerTopic | undefined): Promise<void> {
  const shown = held(topic, 'a topic');
  await out.document(PartnerTopic.toJSON(shown), () =>
    facts([
      ['topic', shown.topic],
      ['state', PARTNER_TOPIC_STATES.of(shown.state)],
      ['purpose', PURPOSES.of(shown.purpose)],
      ['owners', shown.filter?.owners.join(' ') ?? ''],
      ['series', shown.filter?.series.join(' ') ?? ''],
      ['categories', shown.filter?.categories.map((category) => CATEGORIES.of(category)).join(' ') ?? ''],
      ['areas', shown.filter?.areas.join(' ') ?? ''],
      ['opened', shown.openTime?.toISOString() ?? ''],
      ['version', String(shown.version)],
    ]),
  );
}
