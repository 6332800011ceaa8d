import { InvalidArgumentError, Option, type Command } from 'commander';
import { Handling, type Category, type LegalBasis, type OnwardSharing, type PersonalDataLevel, type PlacePrecision, type Purpose, type Tlp } from '@corridor/contracts/common/v1/vocabulary';
import type { UpdateFilter } from '@corridor/contracts/hub/v1/hub';
import { readInput } from './files.ts';
import { messageOf } from './json-input.ts';
import { agencyName, groupName, seriesName } from './shell.ts';
import { actorName } from './settings.ts';
import type { Terminal } from './terminal.ts';
import { CATEGORIES, LEGAL_BASES, LEVELS, ONWARD, PRECISIONS, PURPOSES, TLPS, type EnumWords } from '../enum-words.ts';
import { several, wholeNumber, wordOf } from './words.ts';

/** An option whose value is a word of a contract's enum. */
export const wordOption = <V extends number>(flags: string, description: string, words: EnumWords<V>): Option =>
  new Option(flags, `${description}: ${words.all.join(', ')}`).argParser(wordOf(words));

/** The same, to be given several times. */
export const wordsOption = <V extends number>(flags: string, description: string, words: EnumWords<V>): Option =>
  new Option(flags, `${description}; several times: ${words.all.join(', ')}`).argParser(several(wordOf(words)));

/** The purpose a reader declares; mandatory. */
export const purposeOption = (): Option => wordOption('--purpose <purpose>', 'what the data will be used for', PURPOSES).makeOptionMandatory();

/** Flags of a filter. */
export interface FilterFlags {
  readonly owner?: readonly string[];
  readonly series?: readonly string[];
  readonly category?: readonly Category[];
  readonly area?: readonly string[];
}

/** Adds the options of a filter. */
export const withFilter = (command: Command): Command =>
  command
    .option('--owner <agency>', 'only updates of this agency; several times', several(agencyName))
    .option('--series <agency/series>', 'only updates of this series; several times', several(seriesName))
    .addOption(wordsOption('--category <category>', 'only updates of this category', CATEGORIES))
    .option('--area <place>', 'only updates within this country, admin code or route; several times', several(String));

export const filterOf = ({ owner = [], series = [], category = [], area = [] }: FilterFlags): UpdateFilter => ({
  owners: owner,
  series,
  categories: category,
  areas: area,
});

/** Flags of a handling. */
export interface HandlingFlags {
  readonly handling?: string;
  readonly tlp?: Tlp;
  readonly use?: readonly Purpose[];
  readonly legalBasis?: LegalBasis;
  readonly level?: PersonalDataLevel;
  readonly retentionDays?: number;
  readonly onwardSharing?: OnwardSharing;
  readonly precision?: PlacePrecision;
  readonly community?: readonly string[];
  readonly namedActor?: readonly string[];
  readonly publicityAttestedBy?: string;
}

/** Adds the options of a handling. */
export const withHandling = (command: Command): Command =>
  command
    .option('--handling <file>', 'handling as JSON (corridor.common.v1.Handling); the following options change parts of it')
    .addOption(wordOption('--tlp <label>', 'how far it may go', TLPS))
    .addOption(wordsOption('--use <purpose>', 'what it may be used for', PURPOSES))
    .addOption(wordOption('--legal-basis <basis>', 'legal basis of the owner', LEGAL_BASES))
    .addOption(wordOption('--level <level>', 'how close it comes to persons', LEVELS))
    .option('--retention-days <days>', 'days from publication that it may be kept', wholeNumber(1, 3660))
    .addOption(wordOption('--onward-sharing <rule>', 'whether a recipient may pass it on', ONWARD))
    .addOption(wordOption('--precision <level>', 'finest place that may be shown', PRECISIONS))
    .option('--community <group>', 'GREEN only: a group of its community; several times', several(groupName))
    .option('--named-actor <agency/actor>', 'RED only: an actor it is for; several times', several(actorName))
    .option('--publicity-attested-by <agency/actor>', 'CLEAR only: who attests that it is already public', actorName);

/** Whether the flags state anything of a handling. */
export const statesHandling = (flags: HandlingFlags): boolean =>
  [
    flags.handling,
    flags.tlp,
    flags.use,
    flags.legalBasis,
    flags.level,
    flags.retentionDays,
    flags.onwardSharing,
    flags.precision,
    flags.community,
    flags.namedActor,
    flags.publicityAttestedBy,
  ].some((flag) => flag !== undefined);

/** The handling of the flags. Whether it is complete is for the node to say. @param before what the flags change. */
export async function handlingOf(flags: HandlingFlags, terminal: Terminal, before: Handling = Handling.fromPartial({})): Promise<Handling> {
  const base = flags.handling === undefined ? before : messageOf(Handling, (await readInput(flags.handling, terminal)).toString('utf8'), flags.handling);
  return {
    tlp: flags.tlp ?? base.tlp,
    purposes: flags.use ?? base.purposes,
    legalBasis: flags.legalBasis ?? base.legalBasis,
    personalDataLevel: flags.level ?? base.personalDataLevel,
    retentionDays: flags.retentionDays ?? base.retentionDays,
    onwardSharing: flags.onwardSharing ?? base.onwardSharing,
    precisionLimit: flags.precision ?? base.precisionLimit,
    namedActors: flags.namedActor ?? base.namedActors,
    communityGroups: flags.community ?? base.communityGroups,
    publicityAttestedBy: flags.publicityAttestedBy ?? base.publicityAttestedBy,
  };
}

/** `NAME=VALUE` pairs of an option that is given several times. */
export function pairs(text: string, before: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, string> {
  const at = text.lastIndexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('It must be NAME=VALUE.');
  return new Map([...(before ?? []), [text.slice(0, at), text.slice(at + 1)]]);
}
