import type { AcknowledgementTerms as AcknowledgementMessage, Backtest as BacktestMessage, ObservationFilter as FilterMessage, Rule as RuleMessage } from '@corridor/contracts/alerts/v1/rules';
import { refuse } from '@corridor/kernel';
import { actorName, handlingFrom, handlingTo, integerFrom, parseSeriesName, required, seriesName, wire } from '@corridor/runtime';
import type { AcknowledgementTerms } from '../domain/acknowledgement.ts';
import type { Backtest } from '../domain/backtest.ts';
import type { Detector } from '../domain/detector.ts';
import type { AlertStatus, ObservationFilter, Rule, RuleTerms } from '../domain/rule.ts';
import { ruleName } from './names.ts';
import { words } from './words.ts';

/** What a rule says, of a request. @throws CorridorError naming the field */
export function termsFrom(message: RuleMessage | undefined): RuleTerms {
  const rule = required(message, 'rule');
  const acknowledgement = acknowledgementFrom(rule.acknowledgement, 'rule.acknowledgement');
  return {
    title: rule.title,
    observations: filterFrom(required(rule.observations, 'rule.observations')),
    detector: detectorFrom(rule.detector),
    severities: rule.severities.map(({ atLeast, severity }, i) => ({
      atLeast,
      severity: wire.severity.from(severity, `rule.severities[${i}].severity`),
    })),
    hazard: rule.hazard,
    event: rule.event,
    instruction: rule.instruction,
    expiresAfterSeconds: rule.expiresAfterSeconds,
    handling: handlingFrom(rule.handling, 'rule.handling'),
    ...(acknowledgement === undefined ? {} : { acknowledgement }),
    status: statusFrom(rule.status, 'rule.status'),
  };
}

/** The status of alerts that somebody receives. @throws CorridorError UNKNOWN_ENUM_VALUE, INVALID_ARGUMENT */
export function statusFrom(value: number, field: string): AlertStatus {
  const status = words.status.from(value, field);
  if (status === 'system' || status === 'draft') return refuse(field, 'must be ACTUAL, EXERCISE or TEST');
  return status;
}

function filterFrom({ series, measure, areas, granularity, populations, modes }: FilterMessage): ObservationFilter {
  const field = 'rule.observations';
  const length = wire.granularity.from(granularity, `${field}.granularity`);
  if (length === 'custom') return refuse(`${field}.granularity`, 'must not be CUSTOM: such periods do not follow one another');
  return {
    series: series.map((name, i) => parseSeriesName(name, `${field}.series[${i}]`)),
    measure: wire.measure.from(measure, `${field}.measure`),
    areas,
    granularity: length,
    populations: wire.population.allFrom(populations, `${field}.populations`),
    modes: wire.mode.allFrom(modes, `${field}.modes`),
  };
}

function detectorFrom(detector: RuleMessage['detector']): Detector {
  switch (detector?.$case) {
    case 'threshold': {
      const { value, direction, consecutivePeriods } = detector.value;
      return {
        kind: 'threshold',
        value: integerFrom(value, 'rule.threshold.value'),
        direction: words.direction.from(direction, 'rule.threshold.direction'),
        consecutivePeriods,
      };
    }
    case 'rateOfChange': {
      const { perCent, direction, windowPeriods, leastKnownPeriods, leastMean } = detector.value;
      return {
        kind: 'rate-of-change',
        perCent,
        direction: words.direction.from(direction, 'rule.rate_of_change.direction'),
        windowPeriods,
        leastKnownPeriods,
        leastMean: integerFrom(leastMean, 'rule.rate_of_change.least_mean'),
      };
    }
    case undefined:
      return refuse('rule.detector', 'must be set');
  }
}

/** The duty an alert imposes; none without a theme. @throws CorridorError INVALID_ARGUMENT for a deadline without one */
export function acknowledgementFrom(message: AcknowledgementMessage | undefined, field: string): AcknowledgementTerms | undefined {
  if (message === undefined) return undefined;
  const { theme, deadlineSeconds, escalationSeconds } = message;
  if (theme !== '') return { theme, deadlineSeconds, escalationSeconds };
  if (deadlineSeconds !== 0 || escalationSeconds !== 0) refuse(`${field}.theme`, 'must be set where a deadline is');
  return undefined;
}

/** The message of a rule. */
export const ruleTo = (rule: Rule): RuleMessage => ({
  name: ruleName(rule.id),
  version: BigInt(rule.version),
  title: rule.title,
  state: words.ruleState.to(rule.state),
  observations: {
    series: rule.observations.series.map(seriesName),
    measure: wire.measure.to(rule.observations.measure),
    areas: rule.observations.areas,
    granularity: wire.granularity.to(rule.observations.granularity),
    populations: wire.population.allTo(rule.observations.populations),
    modes: wire.mode.allTo(rule.observations.modes),
  },
  detector: detectorTo(rule.detector),
  severities: rule.severities.map(({ atLeast, severity }) => ({ atLeast, severity: wire.severity.to(severity) })),
  hazard: rule.hazard,
  event: rule.event,
  instruction: rule.instruction,
  expiresAfterSeconds: rule.expiresAfterSeconds,
  handling: handlingTo(rule.handling),
  acknowledgement: rule.acknowledgement,
  status: words.status.to(rule.status),
  author: actorName(rule.author),
  approver: rule.approver === undefined ? '' : actorName(rule.approver),
  backtest: rule.backtest === undefined ? undefined : backtestTo(rule.backtest),
  reason: rule.reason,
});

function detectorTo(detector: Detector): RuleMessage['detector'] {
  switch (detector.kind) {
    case 'threshold':
      return {
        $case: 'threshold',
        value: { value: BigInt(detector.value), direction: words.direction.to(detector.direction), consecutivePeriods: detector.consecutivePeriods },
      };
    case 'rate-of-change':
      return {
        $case: 'rateOfChange',
        value: {
          perCent: detector.perCent,
          direction: words.direction.to(detector.direction),
          windowPeriods: detector.windowPeriods,
          leastKnownPeriods: detector.leastKnownPeriods,
          leastMean: BigInt(detector.leastMean),
        },
      };
  }
}

const backtestTo = ({ start, end, time, alarmTimes, meanLeadSeconds, ...counts }: Backtest): BacktestMessage => ({
  ...counts,
  podPerMille: counts.podPerMille,
  farPerMille: counts.farPerMille,
  csiPerMille: counts.csiPerMille,
  start: new Date(start),
  end: new Date(end),
  meanLeadSeconds: meanLeadSeconds === undefined ? undefined : BigInt(meanLeadSeconds),
  alarmTimes: alarmTimes.map((at) => new Date(at)),
  time: new Date(time),
});
