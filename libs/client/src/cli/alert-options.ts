import { Option, type Command } from 'commander';
import type { AlertFilter } from '@corridor/contracts/alerts/v1/alerts';
import { CapCategory, CapCertainty, CapUrgency, type CapInfo, type CapStatus } from '@corridor/contracts/alerts/v1/cap';
import type { Severity } from '@corridor/contracts/hub/v1/updates';
import { CAP_CATEGORIES, CAP_STATUSES, CERTAINTIES, SEVERITIES, URGENCIES } from '../enum-words.ts';
import { wordOption, wordsOption } from './common-options.ts';
import { moment, several } from './words.ts';

/** Flags of a filter of alerts. */
export interface AlertFilterFlags {
  readonly topic?: readonly string[];
  readonly status?: readonly CapStatus[];
}

/** Adds the options of a filter of alerts. */
export const withAlertFilter = (command: Command): Command =>
  command
    .option('--topic <hazard/area/severity>', 'only alerts of this topic; * stands for every value, an area for all within it, a severity for every higher one too; several times', several(String))
    .addOption(wordsOption('--status <status>', 'alerts of this status, actual unless stated', CAP_STATUSES));

export const alertFilterOf = ({ topic = [], status = [] }: AlertFilterFlags): AlertFilter => ({ topics: topic, statuses: status });

/** Flags of what an alert says, in one language. */
export interface InfoFlags {
  readonly language: string;
  readonly capCategory?: CapCategory;
  readonly event?: string;
  readonly urgency?: CapUrgency;
  readonly severity?: Severity;
  readonly certainty?: CapCertainty;
  readonly onset?: Date;
  readonly expires?: Date;
  readonly headline?: string;
  readonly description?: string;
  readonly instruction?: string;
  readonly areaText?: string;
}

/** Adds the options of what an alert says. */
export const withInfo = (command: Command): Command =>
  command
    .addOption(new Option('--language <tag>', 'language of the texts (BCP 47)').default('en'))
    .addOption(wordOption('--cap-category <category>', 'category of the hazard, other unless stated', CAP_CATEGORIES))
    .option('--event <text>', 'what the event is called')
    .addOption(wordOption('--urgency <urgency>', 'how soon to act, unknown unless stated', URGENCIES))
    .addOption(wordOption('--severity <severity>', 'how severe it is', SEVERITIES))
    .addOption(wordOption('--certainty <certainty>', 'how sure it is, unknown unless stated', CERTAINTIES))
    .option('--onset <date>', 'when it begins', moment)
    .option('--expires <date>', 'when the information ends to hold', moment)
    .option('--headline <text>', 'headline')
    .option('--description <text>', 'description; never personal data')
    .option('--instruction <text>', 'what to do')
    .option('--area-text <text>', 'the area in words; default: its id');

/** What the flags say. Whether it is complete is for the node to say. @param before what the flags change. @param area place of the gazetteer. */
export const infoOf = (flags: InfoFlags, before: CapInfo | undefined, area: string): CapInfo => ({
  language: flags.language,
  category: flags.capCategory ?? before?.category ?? CapCategory.CAP_CATEGORY_OTHER,
  event: flags.event ?? before?.event ?? '',
  urgency: flags.urgency ?? before?.urgency ?? CapUrgency.CAP_URGENCY_UNKNOWN,
  severity: flags.severity ?? before?.severity ?? 0,
  certainty: flags.certainty ?? before?.certainty ?? CapCertainty.CAP_CERTAINTY_UNKNOWN,
  onset: flags.onset ?? before?.onset,
  expires: flags.expires ?? before?.expires,
  headline: flags.headline ?? before?.headline ?? '',
  description: flags.description ?? before?.description ?? '',
  instruction: flags.instruction ?? before?.instruction ?? '',
  areas: flags.areaText === undefined && before !== undefined ? before.areas : [{ areaDescription: flags.areaText ?? area, place: area }],
});
