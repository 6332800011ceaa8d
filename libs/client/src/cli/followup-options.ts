import type { Command } from 'commander';
import type { ContributionFilter, RecommendationFilter } from '@corridor/contracts/followup/v1/followup';
import type { ContributionStage, Implementation, Theme } from '@corridor/contracts/followup/v1/resources';
import { IMPLEMENTATIONS, STAGES, THEMES } from '../enum-words.ts';
import { wordsOption } from './common-options.ts';
import { agencyName, meetingName } from './shell.ts';
import { moment, several } from './words.ts';

/** The flag of every command that reads. */
export interface AsOfFlags {
  readonly asOf?: Date;
}

/** Adds the option to read the past. */
export const withAsOf = (command: Command): Command => command.option('--as-of <date>', 'as it stood then; default: now', moment);

/** Flags of a filter of recommendations. */
export interface RecommendationFlags extends AsOfFlags {
  readonly meeting?: string;
  readonly addressee?: readonly string[];
  readonly theme?: readonly Theme[];
  readonly implementation?: readonly Implementation[];
  readonly overdue?: true;
  readonly blocked?: true;
}

/** Adds the options of a filter of recommendations. */
export const withRecommendationFilter = (command: Command): Command =>
  withAsOf(
    command
      .option('--meeting <meeting>', 'only recommendations of this meeting', meetingName)
      .option('--addressee <agency>', 'only recommendations to this agency; several times', several(agencyName))
      .addOption(wordsOption('--theme <theme>', 'only recommendations on this theme', THEMES))
      .addOption(wordsOption('--implementation <state>', 'only where an addressee stands there', IMPLEMENTATIONS))
      .option('--overdue', 'only where an addressee is overdue')
      .option('--blocked', 'only with an open obstacle'),
  );

export const recommendationFilterOf = (flags: RecommendationFlags): RecommendationFilter => ({
  meeting: flags.meeting ?? '',
  addressees: flags.addressee ?? [],
  themes: flags.theme ?? [],
  implementations: flags.implementation ?? [],
  overdue: flags.overdue === true,
  blocked: flags.blocked === true,
});

/** Flags of a filter of contributions. */
export interface ContributionFlags extends AsOfFlags {
  readonly area?: readonly string[];
  readonly donor?: string;
  readonly stage?: readonly ContributionStage[];
}

/** Adds the options of a filter of contributions. */
export const withContributionFilter = (command: Command): Command =>
  withAsOf(
    command
      .option('--area <place>', 'only what goes to this place; several times', several(String))
      .option('--donor <name>', 'only what this one gives')
      .addOption(wordsOption('--stage <stage>', 'only what has come so far', STAGES)),
  );

export const contributionFilterOf = ({ area = [], donor = '', stage = [] }: ContributionFlags): ContributionFilter => ({ areas: area, donor, stages: stage });
