import fc from 'fast-check';
import { actorId, agencyId, derivedUuid, seriesId, utf8 } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { alarmAt, saying, type Alarm } from './alarm.ts';
import type { Alert } from './alert.ts';
import { reachBack, type Detector } from './detector.ts';
import { stepFor, type Around } from './episode.ts';
import type { Observation, Track } from './observation.ts';
import { periodOf } from './period.ts';
import type { Rule } from './rule.ts';
import { follow, raise, takeBack } from './thread.ts';

const OWNER = agencyId('border-watch');
const PLACE = { name: 'Somewhere', at: 'somewhere' };
const TRACK: Track = { owner: OWNER, series: seriesId('crossings'), place: 'GRC', measure: 'arrivals', population: 'mixed', mode: 'sea', granularity: 'month' };
const HANDLING = {
  tlp: 'amber',
  purposes: ['early-warning'],
  legalBasis: 'not-personal',
  personalDataLevel: 'none',
  retentionDays: 3660,
  onwardSharing: 'prohibited',
  precisionLimit: 'point',
  namedActors: [],
  communityGroups: [],
} as const;
const FIRST = 24_300;

const ruleWith = (detector: Detector): Rule => ({
  id: 'surge',
  version: 1,
  edition: 1,
  state: 'active',
  author: { agency: OWNER, actor: actorId('staff-1') },
  reason: '',
  title: 'Surge',
  observations: { series: [TRACK], measure: 'arrivals', areas: [], granularity: 'month', populations: [], modes: [] },
  detector,
  severities: [
    { atLeast: 0, severity: 'moderate' },
    { atLeast: 150, severity: 'severe' },
  ],
  hazard: 'displacement',
  event: 'Surge',
  instruction: '',
  expiresAfterSeconds: 3600,
  handling: HANDLING,
  status: 'actual',
});

/** One rule on one track: observations come, and alerts follow from them. */
class Watch {
  readonly alerts = new Map<string, Alert>();
  readonly observed = new Map<number, Observation>();
  readonly #rule: Rule;
  #time = 0;

  constructor(rule: Rule) {
    this.#rule = rule;
  }

  report(month: number, count: number | undefined): void {
    const number = FIRST + month;
    this.#time += 1;
    const before = this.observed.get(number);
    if (count === undefined) this.observed.delete(number);
    else this.observed.set(number, observation(number, count, (before?.version ?? this.#time) + 1, 1000 * this.#time));
    for (let i = 0; i <= reachBack(this.#rule.detector); i += 1) this.evaluate(number + i);
  }

  alarm(number: number): Alarm | undefined {
    return alarmAt(this.#rule, number, (period) => this.observed.get(period));
  }

  /** Whether anything came of it. */
  evaluate(number: number): boolean {
    const alarm = this.alarm(number);
    const step = stepFor(alarm, this.#around(number));
    const raised = alarm === undefined ? undefined : { rule: this.#rule, track: TRACK, alarm, place: PLACE };
    const now = 1000 * this.#time;
    if (step.kind === 'nothing') return false;
    const change =
      step.kind === 'take-back'
        ? takeBack(step.alert, number, this.#rule, periodOf(number, 'month'), PLACE, now)
        : raised === undefined
          ? expect.fail('an alert needs an alarm')
          : step.kind === 'follow'
            ? follow(step.alert, raised)
            : raise(raised, now);
    if (step.kind === 'raise') expect(this.alerts.has(change.alert.id)).toBe(false);
    this.alerts.set(change.alert.id, change.alert);
    return true;
  }

  telling(number: number): readonly Alert[] {
    return [...this.alerts.values()].filter((alert) => alert.episode?.alarms.some((alarm) => alarm.number === number));
  }

  #around(number: number): Around {
    const openFirst = (alerts: readonly Alert[]): readonly Alert[] =>
      alerts.toSorted((a, b) => Number(b.state === 'open') - Number(a.state === 'open') || b.createdAt - a.createdAt);
    return { telling: openFirst(this.telling(number)), beside: openFirst([...this.telling(number - 1), ...this.telling(number + 1)]) };
  }
}

const observation = (number: number, value: number, version: number, publishedAt: number): Observation => ({
  owner: OWNER,
  series: TRACK.series,
  report: derivedUuid(0, utf8(`report ${number}`)),
  version,
  track: TRACK,
  period: periodOf(number, 'month'),
  amount: { kind: 'known', value },
  class: { owner: OWNER, series: TRACK.series, category: 'movement', handling: HANDLING, area: 'GRC' },
  publishedAt,
  expiresAt: Number.MAX_SAFE_INTEGER,
});

const detectors: fc.Arbitrary<Detector> = fc.constantFrom<Detector[]>(
  { kind: 'threshold', value: 100, direction: 'above', consecutivePeriods: 1 },
  { kind: 'threshold', value: 100, direction: 'above', consecutivePeriods: 2 },
  { kind: 'threshold', value: 100, direction: 'below', consecutivePeriods: 1 },
  { kind: 'rate-of-change', perCent: 50, direction: 'above', windowPeriods: 3, leastKnownPeriods: 2, leastMean: 0 },
);
const MONTHS = 8;
const steps = fc.array(fc.tuple(fc.nat(MONTHS - 1), fc.oneof({ arbitrary: fc.integer({ min: 50, max: 250 }), weight: 6 }, { arbitrary: fc.constant(undefined), weight: 1 })), { maxLength: 40 });

describe('the alerts of a rule on a track', () => {
  it('tell of exactly the alarms that there are, whatever is reported, corrected and taken back, and each once', () => {
    fc.assert(
      fc.property(detectors, steps, (detector, all) => {
        const watch = new Watch(ruleWith(detector));
        for (const [month, count] of all) {
          watch.report(month, count);
          for (let number = FIRST; number < FIRST + MONTHS + 4; number += 1) {
            const alarm = watch.alarm(number);
            const open = watch.telling(number).filter(({ state }) => state === 'open');
            const told = open.flatMap(({ episode }) => episode?.alarms.filter((one) => one.number === number).map((one) => one.saying) ?? []);
            expect(told).toEqual(alarm === undefined ? [] : [saying(alarm)]);
            // What is evaluated again changes nothing.
            expect(watch.evaluate(number)).toBe(false);
          }
        }
      }),
    );
  });

  it('are threads: an ALERT first, a CANCEL only at the end, each message after and naming the one before', () => {
    fc.assert(
      fc.property(detectors, steps, (detector, all) => {
        const watch = new Watch(ruleWith(detector));
        for (const [month, count] of all) watch.report(month, count);
        for (const { messages, state, version, changes } of watch.alerts.values()) {
          expect(messages.map(({ type }) => type === 'alert')).toEqual(messages.map((_, i) => i === 0));
          expect(messages.map(({ type }) => type === 'cancel')).toEqual(messages.map((_, i) => state === 'cancelled' && i === messages.length - 1));
          messages.slice(1).forEach((message, i) => {
            const before = messages[i];
            expect(message.sent).toBeGreaterThanOrEqual(before?.sent ?? Infinity);
            expect(message.references).toEqual([{ identifier: before?.identifier, sent: before?.sent }]);
          });
          expect(new Set(messages.map(({ identifier }) => identifier)).size).toBe(messages.length);
          expect([version, changes]).toEqual([messages.length, messages.length]);
        }
      }),
    );
  });
});
