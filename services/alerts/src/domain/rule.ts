import { type AgencyId, checkProse, checkText, checkVersion, CorridorError, forbid, refuse } from '@corridor/kernel';
import { checkHandling, SEVERITIES, type ActorRef, type Handling, type Measure, type Population, type Severity, type TransportMode } from '@corridor/policy';
import { checkAcknowledgement, type AcknowledgementTerms } from './acknowledgement.ts';
import type { Backtest } from './backtest.ts';
import { checkDetector, leastStrength, type Detector } from './detector.ts';
import type { SeriesRef, Track } from './observation.ts';
import type { RegularGranularity } from './period.ts';
import { checkHazard } from './hazard.ts';

export type RuleState = 'draft' | 'backtested' | 'active' | 'paused' | 'retired';
/** The CAP status of alerts that somebody receives. */
export type AlertStatus = 'actual' | 'exercise' | 'test';

/** Which movement tables a rule reads; empty lists mean every value, each by itself. */
export interface ObservationFilter {
  readonly series: readonly SeriesRef[];
  readonly measure: Measure;
  /** Place ids that contain the place. */
  readonly areas: readonly string[];
  readonly granularity: RegularGranularity;
  readonly populations: readonly Population[];
  readonly modes: readonly TransportMode[];
}

/** From which strength on an alarm has which severity. */
export interface SeverityStep {
  readonly atLeast: number;
  readonly severity: Severity;
}

/** What a rule says. */
export interface RuleTerms {
  readonly title: string;
  readonly observations: ObservationFilter;
  readonly detector: Detector;
  readonly severities: readonly SeverityStep[];
  readonly hazard: string;
  readonly event: string;
  readonly instruction: string;
  readonly expiresAfterSeconds: number;
  readonly handling: Handling;
  readonly acknowledgement?: AcknowledgementTerms;
  readonly status: AlertStatus;
}

export interface Rule extends RuleTerms {
  readonly id: string;
  /** From 1; moves with every change. */
  readonly version: number;
  /** The version in which what the rule says was written: its alerts are those of an edition, however often it was paused. */
  readonly edition: number;
  readonly state: RuleState;
  readonly author: ActorRef;
  readonly approver?: ActorRef;
  readonly backtest?: Backtest;
  /** The reason of the last pause, resumption or retirement. */
  readonly reason: string;
  /** Active: it evaluates what arrives from then on, ms since the epoch; 0: what was there before as well. */
  readonly evaluatesFrom?: number;
}

export type RuleCause = 'rule.created' | 'rule.updated' | 'rule.backtested' | 'rule.activated' | 'rule.paused' | 'rule.resumed' | 'rule.retired';

/** A decided change: the rule after it. */
export interface RuleChange {
  readonly cause: RuleCause;
  readonly rule: Rule;
}

export type RuleCommand = { readonly by: ActorRef; readonly expectedVersion: number } & (
  | { readonly kind: 'update'; readonly terms: RuleTerms }
  | { readonly kind: 'backtest'; readonly backtest: Backtest }
  | { readonly kind: 'activate'; readonly evaluateHistory: boolean }
  | { readonly kind: 'pause' | 'resume' | 'retire'; readonly reason: string }
);

/** The series of alerts that are drafted by hand, and that of what was observed: no rule may have their ids. */
export const DRAFTED = 'drafted';
export const OBSERVATIONS = 'observations';

const MAX_SERIES = 50;
const MAX_AREAS = 100;
const MAX_STEPS = 4;
const STRONGEST = 1_000_000;
const MAX_EXPIRY = 31_536_000;
const MIN_EXPIRY = 60;

/**
 * Refuses terms that could not work or would open what must stay closed.
 * @throws CorridorError INVALID_ARGUMENT, UNKNOWN_PLACE, HANDLING_CONTRADICTORY naming the field
 */
export function checkTerms(terms: RuleTerms, agency: AgencyId, isPlace: (id: string) => boolean): RuleTerms {
  checkText(terms.title, 200, 'rule.title');
  checkObservations(terms.observations, isPlace);
  checkDetector(terms.detector);
  checkSeverities(terms.severities, leastStrength(terms.detector));
  checkHazard(terms.hazard, 'rule.hazard');
  checkText(terms.event, 100, 'rule.event');
  checkProse(terms.instruction, 0, 2000, 'rule.instruction');
  if (terms.expiresAfterSeconds < MIN_EXPIRY || terms.expiresAfterSeconds > MAX_EXPIRY) {
    refuse('rule.expires_after_seconds', `must be ${MIN_EXPIRY}-${MAX_EXPIRY}`);
  }
  if (terms.acknowledgement !== undefined) checkAcknowledgement(terms.acknowledgement, 'rule.acknowledgement');
  checkRuleHandling(terms.handling, agency);
  return terms;
}

function checkObservations({ series, areas, populations, modes }: ObservationFilter, isPlace: (id: string) => boolean): void {
  if (series.length < 1 || series.length > MAX_SERIES) refuse('rule.observations.series', `must name 1-${MAX_SERIES} series`);
  distinct(series.map(({ owner, series: of }) => `${owner}/${of}`), 'rule.observations.series');
  if (areas.length > MAX_AREAS) refuse('rule.observations.areas', `takes at most ${MAX_AREAS}`);
  distinct(areas, 'rule.observations.areas');
  areas.forEach((area, i) => {
    if (isPlace(area)) return;
    const field = `rule.observations.areas[${i}]`;
    throw new CorridorError('UNKNOWN_PLACE', `${field} is no place of the gazetteer`, { field });
  });
  distinct(populations, 'rule.observations.populations');
  distinct(modes, 'rule.observations.modes');
}

function distinct(values: readonly string[], field: string): void {
  if (new Set(values).size !== values.length) refuse(field, 'must name each value once');
}

/** Every alarm must have a severity, and a stronger one is never less severe. */
function checkSeverities(steps: readonly SeverityStep[], weakest: number): void {
  const [first] = steps;
  if (first === undefined || steps.length > MAX_STEPS) refuse('rule.severities', `must be 1-${MAX_STEPS} steps`);
  if (first.atLeast > weakest) refuse('rule.severities[0].at_least', `must be at most ${weakest}, the strength of the weakest alarm`);
  steps.forEach(({ atLeast, severity }, i) => {
    const field = `rule.severities[${i}]`;
    if (atLeast > STRONGEST) refuse(`${field}.at_least`, `must be at most ${STRONGEST}`);
    if (severity === 'unknown') refuse(`${field}.severity`, 'must be known');
    const before = steps[i - 1];
    if (before === undefined) return;
    if (atLeast <= before.atLeast) refuse(`${field}.at_least`, 'must rise from step to step');
    if (SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(before.severity)) refuse(`${field}.severity`, 'must rise from step to step');
  });
}

/** What a rule raises nobody has looked at: it is never public. */
function checkRuleHandling(handling: Handling, agency: AgencyId): void {
  if (handling.tlp === 'clear') {
    throw new CorridorError('HANDLING_CONTRADICTORY', 'a rule raises no CLEAR alert: what is public needs the approval of a person', { field: 'rule.handling.tlp' });
  }
  checkHandling(handling, 'movement', { breakdownByNationality: false }, agency);
  checkPurpose(handling, 'rule.handling.purposes');
}

/** Alerts are received for early warning: with other purposes alone nobody would. @throws HANDLING_CONTRADICTORY */
export function checkPurpose({ purposes }: Handling, field: string): void {
  if (!purposes.includes('early-warning')) {
    throw new CorridorError('HANDLING_CONTRADICTORY', `${field} must contain early warning, for which alerts are received`, { field });
  }
}

/** A new rule, a draft. @throws CorridorError INVALID_ARGUMENT for an id that stands for something else */
export function createRule(id: string, terms: RuleTerms, author: ActorRef): RuleChange {
  if (id === DRAFTED || id === OBSERVATIONS) refuse('rule_id', `must not be ${DRAFTED} or ${OBSERVATIONS}, which stand for other things`);
  return { cause: 'rule.created', rule: { ...terms, id, version: 1, edition: 1, state: 'draft', author, reason: '' } };
}

/**
 * What a command makes of a rule.
 * @throws CorridorError VERSION_CONFLICT, STATE_FORBIDS, FOUR_EYES, INVALID_ARGUMENT
 */
export function decideRule(command: RuleCommand, rule: Rule, now: number): RuleChange {
  checkVersion(command.expectedVersion, rule.version);
  if (rule.state === 'retired') forbid('the rule is retired');
  const version = rule.version + 1;
  switch (command.kind) {
    case 'update':
      return { cause: 'rule.updated', rule: { ...command.terms, id: rule.id, version, edition: version, state: 'draft', author: command.by, reason: '' } };
    case 'backtest':
      if (rule.state !== 'draft' && rule.state !== 'backtested') forbid(`a rule that is ${rule.state} is not tried any more`);
      return { cause: 'rule.backtested', rule: { ...rule, version, state: 'backtested', backtest: command.backtest } };
    case 'activate':
      if (rule.state !== 'backtested') forbid(rule.state === 'draft' ? 'the rule has not been tried on past observations' : `the rule is ${rule.state}`);
      if (isSameActor(rule.author, command.by)) throw new CorridorError('FOUR_EYES', 'whoever wrote a rule does not activate it');
      return {
        cause: 'rule.activated',
        rule: { ...rule, version, state: 'active', approver: command.by, evaluatesFrom: command.evaluateHistory ? 0 : now },
      };
    case 'pause':
      if (rule.state !== 'active') forbid(`a rule that is ${rule.state} cannot be paused`);
      return { cause: 'rule.paused', rule: { ...rule, version, state: 'paused', reason: checkText(command.reason, 500, 'reason') } };
    case 'resume':
      if (rule.state !== 'paused') forbid(`a rule that is ${rule.state} cannot be resumed`);
      // What arrived during the pause stays unevaluated.
      return { cause: 'rule.resumed', rule: { ...rule, version, state: 'active', evaluatesFrom: now, reason: checkText(command.reason, 500, 'reason') } };
    case 'retire':
      return { cause: 'rule.retired', rule: { ...rule, version, state: 'retired', reason: checkText(command.reason, 500, 'reason') } };
  }
}

export const isSameActor = (a: ActorRef, b: ActorRef): boolean => a.agency === b.agency && a.actor === b.actor;

/** Whether a rule reads a track. */
export const readsTrack = ({ observations }: Pick<Rule, 'observations'>, track: Track, contains: (outer: string, inner: string) => boolean): boolean =>
  observations.series.some(({ owner, series }) => owner === track.owner && series === track.series) &&
  observations.measure === track.measure &&
  observations.granularity === track.granularity &&
  (observations.populations.length === 0 || observations.populations.includes(track.population)) &&
  (observations.modes.length === 0 || observations.modes.includes(track.mode)) &&
  (observations.areas.length === 0 || observations.areas.some((area) => contains(area, track.place)));

/** The severity of an alarm of this strength: the last step it reaches. */
export const severityOf = (steps: readonly SeverityStep[], strength: number): Severity =>
  steps.findLast(({ atLeast }) => atLeast <= strength)?.severity ?? 'unknown';
