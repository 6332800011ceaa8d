import { Command, Option } from 'commander';
import { SumContributionsResponse } from '@corridor/contracts/followup/v1/followup';
import { Contribution } from '@corridor/contracts/followup/v1/resources';
import { contributionLines, readContributions, readFtsContributions, recordFile, type RecordingOutcome } from '../../contribution-files/index.ts';
import { STAGES, UNITS } from '../../enum-words.ts';
import { handlingOf, statesHandling, withHandling, type HandlingFlags } from '../common-options.ts';
import { UsageError } from '../failure.ts';
import { writeWhole } from '../files.ts';
import { contributionFilterOf, withContributionFilter, type ContributionFlags } from '../followup-options.ts';
import { readForImport, withProgress } from '../importing.ts';
import { everyPage, firstItems, PAGE_SIZE, type Shell } from '../shell.ts';
import { facts, table } from '../table.ts';
import { wholeNumber } from '../words.ts';

/** `corridor contributions`: who gives what, and how far it has come. */
export function contributionsCommand(shell: Shell): Command {
  const command = new Command('contributions').description('contributions: money, places, people and equipment, from pledge to delivery');
  for (const sub of [importCommand, exportCommand, listCommand, sumCommand]) command.addCommand(sub(shell));
  return command;
}

interface ImportFlags extends HandlingFlags {
  readonly layout: 'corridor' | 'fts';
  readonly source: string;
  readonly area?: string;
  readonly check?: true;
  readonly dryRun?: true;
}

function importCommand(shell: Shell): Command {
  const command = new Command('import')
    .argument('<file>', 'CSV in one of the layouts of docs/files.md; - for standard input')
    .description('record the flows of a file. A file with any wrong line is refused with the lines named, by this program or by the node, and nothing of it is recorded; a flow counts once however often it is imported')
    .addOption(new Option('--layout <layout>', "Corridor's own, or that of OCHA's Financial Tracking Service").choices(['corridor', 'fts']).default('corridor'))
    .option('--source <slug>', 'fts: where the ids come from', 'fts')
    .option('--area <place>', 'fts: where flows go whose destination is not stated')
    .option('--check', 'only read and check the file; needs no node')
    .option('--dry-run', 'let the node check it too; nothing is recorded');
  return withHandling(command).action(async (file: string, flags: ImportFlags, self: Command) => {
    if (flags.layout !== 'fts' && flags.area !== undefined) throw new UsageError("--area is for --layout fts; Corridor's own layout has a column for it");
    const handling = await handlingOf(flags, shell.terminal);
    const { filed } = await readForImport(file, shell.terminal, (source) =>
      flags.layout === 'fts'
        ? readFtsContributions(source, { source: flags.source, handling, ...(flags.area !== undefined && { area: flags.area }) })
        : readContributions(source, statesHandling(flags) ? handling : undefined),
    );
    if (flags.check === true) return shell.output(self).document({ rows: filed.length }, () => `${file} is right: ${filed.length} rows\n`);
    await shell.connected(self, async (session) => {
      const plan = { file, filed, checkOnly: flags.dryRun === true };
      const outcome = await withProgress(session, filed.length, 'rows', (tick) => recordFile(session.node.followup, plan, tick));
      await session.out.document(outcome, () => outcomeText(outcome));
    });
  });
}

const outcomeText = ({ rows, flows, created, updated, repeatedReports }: RecordingOutcome): string =>
  facts([
    ['rows', String(rows)],
    ['flows', String(flows)],
    ['new', String(created)],
    ['changed', String(updated)],
    ['known before', String(repeatedReports)],
  ]);

function exportCommand(shell: Shell): Command {
  return withContributionFilter(new Command('export'))
    .description("write contributions as CSV in Corridor's own layout, which `corridor contributions import` reads. Cells that a spreadsheet would take for a formula begin with an apostrophe, which the import takes away")
    .option('--out <file>', 'where to write; default: standard output')
    .action((flags: ContributionFlags & { readonly out?: string }, self: Command) =>
      shell.connected(self, async ({ node, terminal }) => {
        const request = { filter: contributionFilterOf(flags), asOf: flags.asOf, pageSize: PAGE_SIZE };
        const all = await everyPage(
          (pageToken) => node.followup.listContributions({ ...request, pageToken }),
          (page) => page.contributions,
        );
        const text = [...contributionLines(all)].join('');
        await (flags.out === undefined ? terminal.out(text) : writeWhole(flags.out, text));
      }),
    );
}

function listCommand(shell: Shell): Command {
  return withContributionFilter(new Command('list'))
    .description('the flows that you may see')
    .option('--limit <flows>', 'at most so many', wholeNumber(1, 1_000_000), 100)
    .action((flags: ContributionFlags & { readonly limit: number }, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const request = { filter: contributionFilterOf(flags), asOf: flags.asOf };
        const { found, more } = await firstItems(
          flags.limit,
          (pageSize, pageToken) => node.followup.listContributions({ ...request, pageSize, pageToken }),
          (page) => page.contributions,
        );
        await out.document({ contributions: found.map((one) => Contribution.toJSON(one)) }, () => flowsTable(found));
        if (more) out.note(`there is more: --limit is ${flags.limit}`);
      }),
    );
}

const flowsTable = (flows: readonly Contribution[]): string =>
  table(
    ['FLOW', 'AREA', 'STAGE', 'AMOUNT', 'UNIT', 'REPORTS', 'DONOR', 'RECIPIENT'],
    flows.map((f) => [f.name, f.area, STAGES.of(f.stage), String(f.amount), UNITS.of(f.unit), String(f.reports), f.donor, f.recipient]),
  );

function sumCommand(shell: Shell): Command {
  return withContributionFilter(new Command('sum'))
    .description('the sums of the flows that you may see, by area, stage and unit; what comes out of a pooled fund does not count again')
    .action((flags: ContributionFlags, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const response = await node.followup.sumContributions({ filter: contributionFilterOf(flags), asOf: flags.asOf });
        await out.document(SumContributionsResponse.toJSON(response), () => sumsText(response));
      }),
    );
}

const sumsText = ({ sums, pooled }: SumContributionsResponse): string =>
  [
    table(['AREA', 'STAGE', 'UNIT', 'FLOWS', 'AMOUNT'], sums.map((s) => [s.area, STAGES.of(s.stage), UNITS.of(s.unit), String(s.flows), String(s.amount)])),
    facts([['out of pooled funds', `${pooled} flows, left out of the sums`]]),
  ].join('\n');
