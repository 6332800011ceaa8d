import { Command, InvalidArgumentError } from 'commander';
import { newUuid } from '@corridor/kernel';
import { AdoptRecommendationsRequest, AdoptRecommendationsResponse, GetStatusResponse, type NewRecommendation } from '@corridor/contracts/followup/v1/followup';
import { Recommendation, type Evidence, type Implementation, type Position, type Theme, type Verification } from '@corridor/contracts/followup/v1/resources';
import { IMPLEMENTATIONS, POSITIONS, THEMES, VERIFICATIONS } from '../../enum-words.ts';
import { recommendationLines } from '../../recommendation-files/index.ts';
import { handlingOf, statesHandling, withHandling, wordOption, wordsOption, type HandlingFlags } from '../common-options.ts';
import { UsageError } from '../failure.ts';
import { readInput, writeWhole } from '../files.ts';
import { recommendationFilterOf, withAsOf, withRecommendationFilter, type AsOfFlags, type RecommendationFlags } from '../followup-options.ts';
import { messageOf } from '../json-input.ts';
import { agencyName, everyPage, firstItems, held, meetingName, PAGE_SIZE, recommendationName, type Output, type Session, type Shell } from '../shell.ts';
import { recommendationInFull, recommendationsTable, statusText } from '../show-recommendations.ts';
import { moment, several, wholeNumber, wordOf } from '../words.ts';
import { importRecommendationsCommand } from './import-recommendations.ts';
import { meetingCommand } from './meeting.ts';

/** `corridor recommendations`: what joint meetings recommend, followed up until it is done. */
export function recommendationsCommand(shell: Shell): Command {
  const command = new Command('recommendations').description('recommendations of joint meetings, and what their addressees do with them');
  const commands = [
    meetingCommand,
    adoptCommand,
    importRecommendationsCommand,
    exportCommand,
    listCommand,
    getCommand,
    statusCommand,
    positionCommand,
    reportCommand,
    verifyCommand,
    obstacleCommand,
    duplicateCommand,
  ];
  for (const sub of commands) command.addCommand(sub(shell));
  return command;
}

interface AdoptFlags extends HandlingFlags {
  readonly file?: string;
  readonly text?: string;
  readonly theme?: readonly Theme[];
  readonly addressee?: readonly string[];
  readonly area?: string;
  readonly due?: Date;
  readonly reference: string;
  readonly recommender: string;
  readonly position?: Position;
  readonly duplicateOf?: string;
  readonly dryRun?: true;
}

function adoptCommand(shell: Shell): Command {
  const command = new Command('adopt')
    .argument('<meeting>')
    .description('enter what a meeting adopted: all of it or nothing')
    .option('--file <file>', 'recommendations as JSON (corridor.followup.v1.AdoptRecommendationsRequest), - for standard input; then no option counts but --dry-run')
    .option('--text <text>', 'what it recommends')
    .addOption(wordsOption('--theme <theme>', 'what it is about', THEMES))
    .option('--addressee <agency>', 'whom it is addressed to; several times', several(agencyName))
    .option('--area <place>', 'the country it is about, or another place')
    .option('--due <date>', 'until when', moment)
    .option('--reference <text>', 'number or code in the source', '')
    .option('--recommender <text>', 'who made it', '')
    .addOption(wordOption('--position <position>', 'what all addressees have already said of it', POSITIONS))
    .option('--duplicate-of <recommendation>', 'the one it repeats', recommendationName)
    .option('--dry-run', 'only let the node check; nothing is entered');
  return withHandling(command).action((meeting: string, flags: AdoptFlags, self: Command) =>
    shell.connected(self, async (session) => {
      const request = { meeting: meetingName(meeting), recommendations: await newRecommendations(flags, session), validateOnly: flags.dryRun === true };
      const response = await session.node.followup.adoptRecommendations(request);
      await session.out.document(AdoptRecommendationsResponse.toJSON(response), () =>
        request.validateOnly ? `the node would enter ${request.recommendations.length}\n` : recommendationsTable(response.recommendations),
      );
    }),
  );
}

async function newRecommendations(flags: AdoptFlags, { terminal }: Session): Promise<readonly NewRecommendation[]> {
  if (flags.file !== undefined) {
    const { recommendations } = messageOf(AdoptRecommendationsRequest, (await readInput(flags.file, terminal)).toString('utf8'), flags.file);
    return recommendations.map((one) => ({ ...one, recommendationId: one.recommendationId || newUuid() }));
  }
  const { text, theme, addressee, area } = flags;
  if (text === undefined || theme === undefined || addressee === undefined || area === undefined) {
    throw new UsageError('a recommendation needs --text, --theme, --addressee and --area, or --file');
  }
  const handling = statesHandling(flags) ? await handlingOf(flags, terminal) : undefined;
  const { due: dueTime, reference, recommender, position = 0, duplicateOf = '' } = flags;
  return [{ recommendationId: newUuid(), reference, text, themes: theme, recommender, area, handling, dueTime, addressees: addressee, position, duplicateOf }];
}

function exportCommand(shell: Shell): Command {
  return withRecommendationFilter(new Command('export'))
    .description("write recommendations as CSV in Corridor's own layout, which `corridor recommendations import` reads. Cells that a spreadsheet would take for a formula begin with an apostrophe, which the import takes away")
    .option('--out <file>', 'where to write; default: standard output')
    .action((flags: RecommendationFlags & { readonly out?: string }, self: Command) =>
      shell.connected(self, async ({ node, terminal }) => {
        const request = { filter: recommendationFilterOf(flags), asOf: flags.asOf, pageSize: PAGE_SIZE };
        const all = await everyPage(
          (pageToken) => node.followup.listRecommendations({ ...request, pageToken }),
          (page) => page.recommendations,
        );
        const text = [...recommendationLines(all)].join('');
        await (flags.out === undefined ? terminal.out(text) : writeWhole(flags.out, text));
      }),
    );
}

function listCommand(shell: Shell): Command {
  return withRecommendationFilter(new Command('list'))
    .description('the recommendations that you may see, in the order of adoption')
    .option('--limit <recommendations>', 'at most so many', wholeNumber(1, 1_000_000), 100)
    .action((flags: RecommendationFlags & { readonly limit: number }, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const request = { filter: recommendationFilterOf(flags), asOf: flags.asOf };
        const { found, more } = await firstItems(
          flags.limit,
          (pageSize, pageToken) => node.followup.listRecommendations({ ...request, pageSize, pageToken }),
          (page) => page.recommendations,
        );
        await out.document({ recommendations: found.map((one) => Recommendation.toJSON(one)) }, () => recommendationsTable(found));
        if (more) out.note(`there is more: --limit is ${flags.limit}`);
      }),
    );
}

function getCommand(shell: Shell): Command {
  return withAsOf(new Command('get').argument('<recommendation>'))
    .description('one recommendation, with what each addressee has done')
    .action((name: string, { asOf }: AsOfFlags, self: Command) =>
      shell.connected(self, async ({ node, out }) =>
        show(out, (await node.followup.getRecommendation({ name: recommendationName(name), asOf })).recommendation),
      ),
    );
}

function statusCommand(shell: Shell): Command {
  return withRecommendationFilter(new Command('status'))
    .description('how many of the recommendations that you may see stand where, by addressee')
    .action((flags: RecommendationFlags, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const response = await node.followup.getStatus({ filter: recommendationFilterOf(flags), asOf: flags.asOf });
        await out.document(GetStatusResponse.toJSON(response), () => statusText(response));
      }),
    );
}

function positionCommand(shell: Shell): Command {
  return new Command('position')
    .argument('<recommendation>')
    .argument('<position>', `one of ${POSITIONS.all.join(', ')}`, wordOf(POSITIONS))
    .description('state what your agency says of a recommendation')
    .option('--text <text>', 'what there is to say of it', '')
    .action((name: string, position: Position, { text }: { readonly text: string }, self: Command) =>
      shell.connected(self, async ({ node, out }) =>
        show(out, (await node.followup.setPosition({ name: recommendationName(name), position, text, expectedVersion: 0n })).recommendation),
      ),
    );
}

interface ReportFlags {
  readonly text: string;
  readonly evidence?: readonly Evidence[];
  readonly reportId?: string;
}

function reportCommand(shell: Shell): Command {
  return new Command('report')
    .argument('<recommendation>')
    .argument('<implementation>', `one of ${IMPLEMENTATIONS.all.join(', ')}`, wordOf(IMPLEMENTATIONS))
    .description('report how far your agency is (its focal points)')
    .requiredOption('--text <text>', 'what was done; never personal data')
    .option('--evidence <title=https://...>', 'what shows it; several times', several(evidenceOf))
    .option('--report-id <uuid>', 'id of the report, to send the same one again; default: a new one')
    .action((name: string, implementation: Implementation, flags: ReportFlags, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const { text, evidence = [], reportId = newUuid() } = flags;
        await show(out, (await node.followup.reportProgress({ name: recommendationName(name), reportId, implementation, text, evidence, expectedVersion: 0n })).recommendation);
      }),
    );
}

function evidenceOf(text: string): Evidence {
  const [, title, uri] = /^(.+?)=(https:\/\/.+)$/s.exec(text) ?? [];
  if (title === undefined || uri === undefined) throw new InvalidArgumentError('It must be TITLE=https://...');
  return { title, uri };
}

function verifyCommand(shell: Shell): Command {
  return new Command('verify')
    .argument('<recommendation>')
    .argument('<report-id>')
    .argument('<verification>', 'one of peer-verified, disputed', wordOf(VERIFICATIONS))
    .description("verify or dispute another agency's report (approvers)")
    .option('--text <text>', 'what there is to say of it; mandatory when it is disputed', '')
    .action((name: string, reportId: string, verification: Verification, { text }: { readonly text: string }, self: Command) =>
      shell.connected(self, async ({ node, out }) =>
        show(out, (await node.followup.verifyProgress({ name: recommendationName(name), reportId, verification, text, expectedVersion: 0n })).recommendation),
      ),
    );
}

interface ObstacleFlags {
  readonly text: string;
  readonly owner: string;
  readonly remedy: string;
  readonly obstacleId?: string;
}

function obstacleCommand(shell: Shell): Command {
  const command = new Command('obstacle').description('what stands in the way; while one is open nothing counts as implemented');
  command
    .command('open <recommendation>')
    .description('report an obstacle of your agency')
    .requiredOption('--text <text>', 'what it is; never personal data')
    .requiredOption('--owner <agency>', 'who has to remove it', agencyName)
    .option('--remedy <text>', 'how', '')
    .option('--obstacle-id <uuid>', 'id of the obstacle, to send the same one again; default: a new one')
    .action((name: string, flags: ObstacleFlags, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const { text, owner, remedy, obstacleId = newUuid() } = flags;
        await show(out, (await node.followup.openObstacle({ name: recommendationName(name), obstacleId, text, owner, remedy, expectedVersion: 0n })).recommendation);
      }),
    );
  command
    .command('resolve <recommendation> <obstacle-id>')
    .description('say that it is out of the way')
    .requiredOption('--resolution <text>', 'how')
    .action((name: string, obstacleId: string, { resolution }: { readonly resolution: string }, self: Command) =>
      shell.connected(self, async ({ node, out }) =>
        show(out, (await node.followup.resolveObstacle({ name: recommendationName(name), obstacleId, resolution, expectedVersion: 0n })).recommendation),
      ),
    );
  return command;
}

function duplicateCommand(shell: Shell): Command {
  return new Command('duplicate')
    .argument('<recommendation>')
    .description('mark a recommendation as a repeat of another, so that it does not count, or take that back')
    .option('--of <recommendation>', 'the one it repeats', recommendationName)
    .option('--none', 'it repeats none')
    .action((name: string, flags: { readonly of?: string; readonly none?: true }, self: Command) => {
      if ((flags.of === undefined) === (flags.none === undefined)) throw new UsageError('pass either --of or --none');
      return shell.connected(self, async ({ node, out }) =>
        show(out, (await node.followup.markDuplicate({ name: recommendationName(name), duplicateOf: flags.of ?? '', expectedVersion: 0n })).recommendation),
      );
    });
}

async function show(out: Output, recommendation: Recommendation | undefined): Promise<void> {
  const shown = held(recommendation, 'a recommendation');
  await out.document(Recommendation.toJSON(shown), () => recommendationInFull(shown));
}
