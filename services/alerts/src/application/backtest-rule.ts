import type { ActorRef } from '@corridor/policy';
import { checkSpan, checkVersion } from '@corridor/kernel';
import { alarmAt } from '../domain/alarm.ts';
import { backtestOf, checkEvents, type RealEvent, type TrackResult } from '../domain/backtest.ts';
import type { Observation } from '../domain/observation.ts';
import { readsTrack, type Rule } from '../domain/rule.ts';
import { changeRule, unknownRule } from './change-rule.ts';
import { surely, type EarlyWarning } from './early-warning.ts';

export interface BacktestRequest {
  readonly expectedVersion: number;
  /** Milliseconds since the epoch; absent: from the first observation there is. */
  readonly start?: number;
  /** Exclusive; absent: to the last. */
  readonly end?: number;
  readonly events: readonly RealEvent[];
  readonly toleranceSeconds: number;
}

/**
 * Tries a rule on the observations that are there and stores its skill. Only what a period's window holds within the span
 * is looked at.
 * @throws CorridorError NOT_FOUND, VERSION_CONFLICT, STATE_FORBIDS, INVALID_ARGUMENT
 */
export async function backtestRule(early: EarlyWarning, by: ActorRef, id: string, request: BacktestRequest): Promise<Rule> {
  const { start = -Infinity, end = Infinity, events, toleranceSeconds, expectedVersion } = request;
  checkSpan(start, end, 'end');
  checkEvents(events, toleranceSeconds);
  const stored = await early.rules.get(id);
  if (stored === undefined) throw unknownRule();
  checkVersion(expectedVersion, stored.doc.version);
  const results: TrackResult[] = [];
  const used: number[] = [];
  for (const series of stored.doc.observations.series) {
    for await (const { track, observed } of early.observations.tracks(series)) {
      if (!readsTrack(stored.doc, track, surely(early.places.contains))) continue;
      const within = new Map([...observed].filter(([, { period }]) => period.start >= start && period.end <= end));
      for (const { period } of within.values()) used.push(period.start, period.end);
      results.push(tried(stored.doc, within));
    }
  }
  const time = early.clock.now();
  const span = { start: request.start ?? lowest(used, time), end: request.end ?? highest(used, time), time };
  const backtest = backtestOf(results, events, toleranceSeconds, span);
  return changeRule(early, by, id, { kind: 'backtest', expectedVersion: stored.doc.version, backtest });
}

function tried(rule: Rule, observed: ReadonlyMap<number, Observation>): TrackResult {
  const alarms: number[] = [];
  let known = 0;
  for (const [number, { amount, period }] of observed) {
    if (amount.kind === 'known') known += 1;
    if (alarmAt(rule, number, (of) => observed.get(of)) !== undefined) alarms.push(period.start);
  }
  return { known, unknown: observed.size - known, alarms };
}

const lowest = (times: readonly number[], otherwise: number): number => times.reduce((least, time) => Math.min(least, time), times[0] ?? otherwise);
const highest = (times: readonly number[], otherwise: number): number => times.reduce((most, time) => Math.max(most, time), times[0] ?? otherwise);
