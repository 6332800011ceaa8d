import { Command } from 'commander';
import { agencyId, seriesId } from '@corridor/kernel';
import { UpdateReceipt } from '@corridor/contracts/hub/v1/hub';
import { Measure, Population, Quality } from '@corridor/contracts/hub/v1/updates';
import { MAX_FILE_BYTES } from '../../csv/read-csv.ts';
import { importMovements, readMovements, routePlaces, type ImportOutcome } from '../../import-movements/index.ts';
import { itemFailure } from '../../transport/status.ts';
import { handlingOf, pairs, withHandling, wordOption, type HandlingFlags } from '../common-options.ts';
import { UsageError } from '../failure.ts';
import { readForImport, withProgress } from '../importing.ts';
import type { Session, Shell } from '../shell.ts';
import { facts } from '../table.ts';
import { MEASURES, POPULATIONS, QUALITIES } from '../../enum-words.ts';
import { several, wholeNumber } from '../words.ts';

interface ImportFlags extends HandlingFlags {
  readonly series?: string;
  readonly route?: ReadonlyMap<string, string>;
  readonly leaveOut?: readonly string[];
  readonly measure: Measure;
  readonly population: Population;
  readonly quality: Quality;
  readonly maskThreshold: number;
  readonly check?: true;
}

/** `corridor import movements`: a file of monthly counts. */
export function importCommand(shell: Shell): Command {
  const command = new Command('import').description('publish files of other formats');
  const movements = command
    .command('movements')
    .argument('<file>', 'CSV with the columns month,route,mode,nationality_iso3,persons; - for standard input')
    .description(
      `publish monthly counts, one update for each month, route and mode. A file with any wrong line is refused with the lines named, and nothing of it is published; importing it again publishes nothing twice. At most ${MAX_FILE_BYTES / 1024 / 1024} MiB`,
    )
    .option('--series <series>', 'series of your agency to publish in; mandatory unless --check')
    .option('--route <name=place>', 'place id for a route name that the gazetteer does not know; several times', pairs)
    .option('--leave-out <route>', 'leave out the rows of this route name; several times', several(String))
    .addOption(wordOption('--measure <measure>', 'what is counted', MEASURES).default(Measure.MEASURE_DETECTIONS, 'detections'))
    .addOption(wordOption('--population <population>', 'who is counted', POPULATIONS).default(Population.POPULATION_MIXED, 'mixed'))
    .addOption(wordOption('--quality <quality>', 'how the counts came about', QUALITIES).default(Quality.QUALITY_OBSERVED, 'observed'))
    .option('--mask-threshold <count>', 'positive counts below it are hidden in masked views; 0: 10', wholeNumber(0, 1000), 0)
    .option('--check', 'only read and check the file');
  withHandling(movements).action(async (file: string, flags: ImportFlags, self: Command) => {
    const { series, check } = flags;
    if (series === undefined && check !== true) throw new UsageError("option '--series <series>' is missing");
    const places = routePlaces(flags.route ?? new Map());
    const leaveOut = new Set(flags.leaveOut);
    const { movements: read } = await readForImport(file, shell.terminal, (source) => readMovements(source, { isRoute: places.has, leaveOut }));
    if (series === undefined || check === true) {
      const summary = { rows: read.rows, leftOut: read.leftOut, updates: read.groups.length };
      return shell.output(self).document(summary, () => `${file} is right: ${summary.rows} rows, ${summary.updates} updates\n`);
    }
    await shell.connected(self, async (session) => {
      const meaning = {
        owner: agencyId(session.agency().slice('agencies/'.length)),
        series: seriesId(series),
        handling: await handlingOf(flags, session.terminal),
        measure: flags.measure,
        population: flags.population,
        quality: flags.quality,
        maskThreshold: flags.maskThreshold,
        placeOf: places.place,
      };
      const publisher = session.node.publisher();
      const outcome = await withProgress(session, read.groups.length, 'updates', (tick) => importMovements(read, meaning, publisher, tick));
      await publisher.close();
      await report(session, outcome);
    });
  });
  return command;
}

async function report({ out }: Session, outcome: ImportOutcome): Promise<void> {
  const { rows, leftOut, updates, published, repeated, refused } = outcome;
  const json = { rows, leftOut, updates, published, repeated, refused: refused.map((receipt) => UpdateReceipt.toJSON(receipt)) };
  await out.document(json, () =>
    facts([
      ['rows', `${rows}${leftOut === 0 ? '' : `, ${leftOut} of them left out`}`],
      ['updates', String(updates)],
      ['published', String(published)],
      ['there already', String(repeated)],
      ['refused', String(refused.length)],
    ]),
  );
  const first = refused[0]?.error;
  if (first !== undefined) throw itemFailure(first);
}
