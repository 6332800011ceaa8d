import { InvalidArgumentError, type Command } from 'commander';
import type { Granularity } from '@corridor/contracts/common/v1/vocabulary';
import { CapStatus } from '@corridor/contracts/alerts/v1/cap';
import { Direction, Rule, type AcknowledgementTerms, type ObservationFilter, type SeverityStep } from '@corridor/contracts/alerts/v1/rules';
import type { Measure, Population, TransportMode } from '@corridor/contracts/hub/v1/updates';
import { CAP_STATUSES, GRANULARITIES, MEASURES, MODES, POPULATIONS, SEVERITIES } from '../enum-words.ts';
import { handlingOf, withHandling, wordOption, wordsOption, type HandlingFlags } from './common-options.ts';
import { UsageError } from './failure.ts';
import { readInput } from './files.ts';
import { messageOf } from './json-input.ts';
import { seriesName } from './shell.ts';
import type { Terminal } from './terminal.ts';
import { several, wholeNumber } from './words.ts';

/** Flags of the duty that an alert imposes. */
export interface DutyFlags {
  readonly theme?: string;
  readonly deadline?: number;
  readonly escalation?: number;
}

/** Flags of a rule. */
export interface RuleFlags extends HandlingFlags, DutyFlags {
  readonly file?: string;
  readonly title?: string;
  readonly series?: readonly string[];
  readonly measure?: Measure;
  readonly area?: readonly string[];
  readonly granularity?: Granularity;
  readonly population?: readonly Population[];
  readonly mode?: readonly TransportMode[];
  readonly above?: number;
  readonly below?: number;
  readonly periods: number;
  readonly rise?: number;
  readonly fall?: number;
  readonly window?: number;
  readonly leastKnown?: number;
  readonly leastMean: number;
  readonly severity?: readonly SeverityStep[];
  readonly hazard?: string;
  readonly event?: string;
  readonly instruction?: string;
  readonly expiresAfter?: number;
  readonly status?: CapStatus;
}

const MONTH_SECONDS = 2_592_000;

/** Adds the options of the duty to acknowledge. */
export const withDuty = (command: Command): Command =>
  command
    .option('--theme <theme>', 'theme of the focal points who have to acknowledge; without it nobody has to')
    .option('--deadline <seconds>', 'until when the holders have to', wholeNumber(1, MONTH_SECONDS))
    .option('--escalation <seconds>', 'until when, after that, their deputies have to', wholeNumber(1, MONTH_SECONDS));

/** Adds the options of a rule. */
export const withRule = (command: Command): Command =>
  withHandling(
    withDuty(
      command
        .option('--file <file>', 'rule as JSON (corridor.alerts.v1.Rule), - for standard input; the following options change parts of it')
        .option('--title <text>', 'title')
        .option('--series <agency/series>', 'series it reads; several times', several(seriesName))
        .addOption(wordOption('--measure <measure>', 'what is counted', MEASURES))
        .option('--area <place>', 'only places within this country, admin code or route; several times', several(String))
        .addOption(wordOption('--granularity <length>', 'length of the periods it reads', GRANULARITIES))
        .addOption(wordsOption('--population <population>', 'only of this population', POPULATIONS))
        .addOption(wordsOption('--mode <mode>', 'only by this way', MODES))
        .option('--above <count>', 'alarm when a period counts so many or more', wholeNumber(1, Number.MAX_SAFE_INTEGER))
        .option('--below <count>', 'alarm when a period counts so many or fewer', wholeNumber(1, Number.MAX_SAFE_INTEGER))
        .option('--periods <number>', 'with --above or --below: so many periods in a row', wholeNumber(1, 24), 1)
        .option('--rise <per-cent>', 'alarm when a period is so far above the mean before it', wholeNumber(1, 100_000))
        .option('--fall <per-cent>', 'alarm when a period is so far below the mean before it', wholeNumber(1, 100_000))
        .option('--window <periods>', 'with --rise or --fall: how many periods make the mean', wholeNumber(1, 120))
        .option('--least-known <periods>', 'how many of them must be known; default: all', wholeNumber(1, 120))
        .option('--least-mean <count>', 'how great the mean must be', wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
        .option('--severity <strength=severity>', `severity from a strength (per cent) on; several times, rising: ${SEVERITIES.all.join(', ')}`, several(severityStep))
        .option('--hazard <slug>', 'hazard, the first part of the alert topic, e.g. displacement')
        .option('--event <text>', 'what the event is called')
        .option('--instruction <text>', 'what those addressed should do')
        .option('--expires-after <seconds>', 'for how long its alerts hold', wholeNumber(60, 31_536_000))
        .addOption(wordOption('--status <status>', 'status of its alerts, actual unless stated', CAP_STATUSES)),
    ),
  );

function severityStep(text: string): SeverityStep {
  const [, strength = '', word = ''] = /^(\d{1,7})=(.+)$/.exec(text) ?? [];
  const severity = SEVERITIES.find(word);
  if (severity === undefined) throw new InvalidArgumentError('It must be STRENGTH=SEVERITY, e.g. 100=moderate.');
  return { atLeast: Number(strength), severity };
}

/** The rule of the flags. Whether it is complete is for the node to say. @param before what the flags change. */
export async function ruleOf(flags: RuleFlags, before: Rule, terminal: Terminal): Promise<Rule> {
  const base = flags.file === undefined ? before : messageOf(Rule, (await readInput(flags.file, terminal)).toString('utf8'), flags.file);
  return {
    ...base,
    title: flags.title ?? base.title,
    observations: observationsOf(flags, base.observations),
    detector: detectorOf(flags) ?? base.detector,
    severities: flags.severity ?? base.severities,
    hazard: flags.hazard ?? base.hazard,
    event: flags.event ?? base.event,
    instruction: flags.instruction ?? base.instruction,
    expiresAfterSeconds: flags.expiresAfter ?? base.expiresAfterSeconds,
    handling: await handlingOf(flags, terminal, base.handling),
    acknowledgement: dutyOf(flags, base.acknowledgement),
    status: flags.status ?? (base.status === 0 ? CapStatus.CAP_STATUS_ACTUAL : base.status),
  };
}

const observationsOf = (flags: RuleFlags, base: ObservationFilter | undefined): ObservationFilter => ({
  series: flags.series ?? base?.series ?? [],
  measure: flags.measure ?? base?.measure ?? 0,
  areas: flags.area ?? base?.areas ?? [],
  granularity: flags.granularity ?? base?.granularity ?? 0,
  populations: flags.population ?? base?.populations ?? [],
  modes: flags.mode ?? base?.modes ?? [],
});

function detectorOf(flags: RuleFlags): Rule['detector'] {
  const { above, below, rise, fall, window } = flags;
  const given = [above, below, rise, fall].filter((value) => value !== undefined);
  if (given.length > 1) throw new UsageError('a rule has one detector: --above, --below, --rise or --fall');
  const value = above ?? below;
  if (value !== undefined) {
    const direction = above === undefined ? Direction.DIRECTION_BELOW : Direction.DIRECTION_ABOVE;
    return { $case: 'threshold', value: { value: BigInt(value), direction, consecutivePeriods: flags.periods } };
  }
  const perCent = rise ?? fall;
  if (perCent === undefined) return undefined;
  if (window === undefined) throw new UsageError('--rise and --fall need --window');
  const direction = rise === undefined ? Direction.DIRECTION_BELOW : Direction.DIRECTION_ABOVE;
  return { $case: 'rateOfChange', value: { perCent, direction, windowPeriods: window, leastKnownPeriods: flags.leastKnown ?? window, leastMean: BigInt(flags.leastMean) } };
}

/** The duty of the flags. */
export const dutyOf = (flags: DutyFlags, base: AcknowledgementTerms | undefined): AcknowledgementTerms => ({
  theme: flags.theme ?? base?.theme ?? '',
  deadlineSeconds: flags.deadline ?? base?.deadlineSeconds ?? 0,
  escalationSeconds: flags.escalation ?? base?.escalationSeconds ?? 0,
});
