import { refuse } from '@corridor/kernel';
import type { Period } from '@corridor/policy';

/** What a rule would have done on past observations. Times in milliseconds since the epoch. */
export interface Backtest {
  readonly start: number;
  readonly end: number;
  readonly knownObservations: number;
  readonly unknownObservations: number;
  readonly alarms: number;
  readonly events: number;
  readonly hits: number;
  readonly misses: number;
  readonly falseAlarms: number;
  readonly podPerMille?: number;
  readonly farPerMille?: number;
  readonly csiPerMille?: number;
  readonly meanLeadSeconds?: number;
  readonly alarmTimes: readonly number[];
  readonly time: number;
}

/** What really happened. */
export type RealEvent = Pick<Period, 'start' | 'end'>;

const MAX_EVENTS = 100;
const LONGEST_TOLERANCE_SECONDS = 31_536_000;
const KEPT_ALARM_TIMES = 500;

/** @throws CorridorError INVALID_ARGUMENT naming the field */
export function checkEvents(events: readonly RealEvent[], toleranceSeconds: number): void {
  if (events.length > MAX_EVENTS) refuse('events', `takes at most ${MAX_EVENTS}`);
  if (toleranceSeconds > LONGEST_TOLERANCE_SECONDS) refuse('tolerance_seconds', `must be at most ${LONGEST_TOLERANCE_SECONDS}`);
  const sorted = events.map((event, i) => ({ ...event, i })).toSorted((a, b) => a.start - b.start);
  sorted.forEach(({ start, end, i }, at) => {
    if (start >= end) refuse(`events[${i}]`, 'must end after it begins');
    const before = sorted[at - 1];
    if (before !== undefined && before.end > start) refuse(`events[${i}]`, 'overlaps another event');
  });
}

/** A contingency table of events: how many were seen, how many were not, how many alarms belong to none. */
export interface Contingency {
  readonly hits: number;
  readonly misses: number;
  readonly falseAlarms: number;
}

/**
 * Skill of yes/no forecasts, per mille, rounded to the nearest; a score whose divisor is zero has no value. Probability of
 * detection: hits of events. False alarm ratio: false alarms of alarms. Critical success index: hits of hits, misses and
 * false alarms (Jolliffe and Stephenson, Forecast Verification, 2nd edition, 2012, chapter 3).
 * @param alarms how many alarms there were; several may belong to one event
 */
export function skill({ hits, misses, falseAlarms }: Contingency, alarms: number = hits + falseAlarms): Pick<Backtest, 'podPerMille' | 'farPerMille' | 'csiPerMille'> {
  const events = hits + misses;
  const all = events + falseAlarms;
  return {
    ...(events === 0 ? {} : { podPerMille: Math.round((1000 * hits) / events) }),
    ...(alarms === 0 ? {} : { farPerMille: Math.round((1000 * falseAlarms) / alarms) }),
    ...(all === 0 ? {} : { csiPerMille: Math.round((1000 * hits) / all) }),
  };
}

/**
 * How alarms and events meet: an alarm belongs to an event when its moment lies within it, or within the tolerance before
 * its start. The lead is the time from the first alarm of an event to its start.
 * @param alarms moments, milliseconds since the epoch
 */
export function verify(alarms: readonly number[], events: readonly RealEvent[], toleranceSeconds: number): Contingency & { readonly meanLeadSeconds?: number } {
  const belongs = (alarm: number, { start, end }: RealEvent): boolean => alarm >= start - 1000 * toleranceSeconds && alarm < end;
  const leads = events.flatMap((event) => {
    const own = alarms.filter((alarm) => belongs(alarm, event));
    return own.length === 0 ? [] : [(event.start - Math.min(...own)) / 1000];
  });
  const hits = leads.length;
  return {
    hits,
    misses: events.length - hits,
    falseAlarms: alarms.filter((alarm) => !events.some((event) => belongs(alarm, event))).length,
    ...(hits === 0 ? {} : { meanLeadSeconds: Math.round(leads.reduce((sum, lead) => sum + lead, 0) / hits) }),
  };
}

/** What one track gave. */
export interface TrackResult {
  readonly known: number;
  readonly unknown: number;
  /** First moments of the periods that raised an alarm. */
  readonly alarms: readonly number[];
}

/** The backtest of a rule over all its tracks. */
export function backtestOf(
  results: readonly TrackResult[],
  events: readonly RealEvent[],
  toleranceSeconds: number,
  span: Pick<Backtest, 'start' | 'end' | 'time'>,
): Backtest {
  const alarms = results.flatMap((result) => result.alarms).toSorted((a, b) => a - b);
  const met = verify(alarms, events, toleranceSeconds);
  const sum = (of: (result: TrackResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  return {
    ...span,
    knownObservations: sum(({ known }) => known),
    unknownObservations: sum(({ unknown }) => unknown),
    alarms: alarms.length,
    events: events.length,
    ...met,
    ...skill(met, alarms.length),
    alarmTimes: alarms.slice(0, KEPT_ALARM_TIMES),
  };
}
