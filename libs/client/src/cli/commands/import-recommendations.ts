import { Command, Option } from 'commander';
import { Theme } from '@corridor/contracts/followup/v1/resources';
import { THEMES } from '../../enum-words.ts';
import { addresseesBy, adoptFile, countriesOf, readRecommendations, readUprRecommendations, type AdoptionOutcome, type UprOptions } from '../../recommendation-files/index.ts';
import { pairs, wordOption } from '../common-options.ts';
import { UsageError } from '../failure.ts';
import { readInput } from '../files.ts';
import { readForImport, withProgress } from '../importing.ts';
import { agencyName, meetingName, type Shell } from '../shell.ts';
import { facts } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { several } from '../words.ts';

interface ImportFlags {
  readonly layout: 'corridor' | 'upr';
  readonly meeting?: string;
  readonly meetingFor?: ReadonlyMap<string, string>;
  readonly addressee?: readonly string[];
  readonly addresseeFor?: ReadonlyMap<string, string>;
  readonly addressees?: string;
  readonly state?: ReadonlyMap<string, string>;
  readonly otherTheme: Theme;
  readonly sameText?: true;
  readonly check?: true;
  readonly dryRun?: true;
}

/** `corridor recommendations import`: a file of recommendations. */
export function importRecommendationsCommand(shell: Shell): Command {
  return new Command('import')
    .argument('<file>', 'CSV in one of the layouts of docs/files.md; - for standard input')
    .description('enter the recommendations of a file into meetings that are there. A file with any wrong line is refused with the lines named, by this program or by the node, and nothing of it is entered; importing it again enters nothing twice')
    .addOption(new Option('--layout <layout>', "Corridor's own, or that of the Universal Periodic Review (UPR Info)").choices(['corridor', 'upr']).default('corridor'))
    .option('--meeting <meeting>', 'upr: the meeting of every session; {session} in it stands for the number of the session')
    .option('--meeting-for <session=meeting>', 'upr: the meeting of one session; several times', pairs)
    .option('--addressee <agency>', 'upr: who answers for every country that has no agency of its own here; several times', several(agencyName))
    .option('--addressee-for <country=agency>', 'upr: who answers for a country (ISO 3166-1 alpha-3), with commas if several; several times', pairs)
    .option('--addressees <file>', 'upr: the same as a JSON object, { "JOR": "agency", "LBN": ["agency", "agency"] }')
    .option('--state <name=country>', 'upr: country of a name that the gazetteer does not know; several times', pairs)
    .addOption(wordOption('--other-theme <theme>', 'upr: theme where no issue of a line has one', THEMES).default(Theme.THEME_LAW_ALIGNMENT, 'law-alignment'))
    .option('--same-text', 'upr: also mark as a repeat what another State had said in the same words to the same State at the same session')
    .option('--check', 'only read and check the file; needs no node')
    .option('--dry-run', 'let the node check it too; nothing is entered')
    .action(async (file: string, flags: ImportFlags, self: Command) => {
      if (flags.layout !== 'upr') refuseUprFlags(flags);
      const upr = flags.layout === 'upr' ? await uprOptions(flags, shell.terminal) : undefined;
      const { filed } = await readForImport(file, shell.terminal, (source) => (upr === undefined ? readRecommendations(source) : readUprRecommendations(source, upr)));
      if (flags.check === true) return shell.output(self).document({ rows: filed.length }, () => `${file} is right: ${filed.length} rows\n`);
      await shell.connected(self, async (session) => {
        const plan = { file, filed, sameText: flags.sameText === true, checkOnly: flags.dryRun === true };
        const outcome = await withProgress(session, filed.length, 'recommendations', (tick) => adoptFile(session.node.followup, plan, tick));
        await session.out.document(outcome, () => outcomeText(outcome));
      });
    });
}

/** @throws UsageError when a flag is given that this layout would pass over. */
function refuseUprFlags({ meeting, meetingFor, addressee, addresseeFor, addressees, state, sameText }: ImportFlags): void {
  if ([meeting, meetingFor, addressee, addresseeFor, addressees, state, sameText].some((flag) => flag !== undefined)) {
    throw new UsageError("options that say what a file of the Universal Periodic Review does not are for --layout upr; Corridor's own layout says it in its columns");
  }
}

async function uprOptions(flags: ImportFlags, terminal: Terminal): Promise<UprOptions> {
  const given = [...(flags.addresseeFor ?? [])].map(([country, agencies]) => [country, agencies.split(',').map(agencyName)] as const);
  const ofFile = flags.addressees === undefined ? [] : readAddressees((await readInput(flags.addressees, terminal)).toString('utf8'), flags.addressees);
  return {
    meetingOf: (session) => {
      const meeting = flags.meetingFor?.get(session) ?? flags.meeting?.replaceAll('{session}', session);
      return meeting === undefined ? undefined : meetingName(meeting);
    },
    countryOf: countriesOf(flags.state ?? new Map()),
    addresseesOf: addresseesBy(new Map([...ofFile, ...given]), flags.addressee ?? []),
    otherTheme: flags.otherTheme,
  };
}

/** The agencies of a mapping file. @throws UsageError unless it is an object of names or lists of names. */
function readAddressees(text: string, file: string): readonly (readonly [string, readonly string[]])[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UsageError(`${file} is not a JSON object of countries and agencies`);
  return Object.entries(value).map(([country, agencies]): readonly [string, readonly string[]] => {
    const list: readonly unknown[] = Array.isArray(agencies) ? agencies : [agencies];
    const names = list.filter((one) => typeof one === 'string');
    if (names.length !== list.length || names.length === 0) throw new UsageError(`${file}: ${country} has no agency or list of agencies`);
    return [country, names.map(agencyName)];
  });
}

const outcomeText = ({ rows, meetings, repeats, adopted, known }: AdoptionOutcome): string =>
  facts([
    ['rows', String(rows)],
    ['meetings', String(meetings)],
    ['repeats', String(repeats)],
    ['entered', String(adopted)],
    ['there already', String(known)],
  ]);
