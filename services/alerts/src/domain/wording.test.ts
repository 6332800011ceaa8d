import { agencyId, derivedUuid, seriesId, utf8, actorId } from '@corridor/kernel';
import type { Measure } from '@corridor/policy';
import { describe, expect, it } from 'vitest';
import type { Alarm } from './alarm.ts';
import type { Detector } from './detector.ts';
import type { Observation, Track } from './observation.ts';
import { periodNumber, periodOf, type RegularGranularity } from './period.ts';
import type { Rule } from './rule.ts';
import { explanationOf, infoOf } from './wording.ts';

const OWNER = agencyId('border-watch');
const PLACE = { name: 'Central Mediterranean Route', at: 'on the Central Mediterranean Route' };
const track = (change: Partial<Track> = {}): Track => ({
  owner: OWNER,
  series: seriesId('crossings'),
  place: 'central-mediterranean-route',
  measure: 'arrivals',
  population: 'mixed',
  mode: 'sea',
  granularity: 'month',
  ...change,
});
const THRESHOLD: Detector = { kind: 'threshold', value: 800, direction: 'above', consecutivePeriods: 1 };
const rule = (detector: Detector = THRESHOLD): Rule => ({
  id: 'surge-central',
  version: 3,
  edition: 1,
  state: 'active',
  author: { agency: OWNER, actor: actorId('staff-1') },
  reason: '',
  title: 'Surge',
  observations: { series: [], measure: 'arrivals', areas: [], granularity: 'month', populations: [], modes: [] },
  detector,
  severities: [],
  hazard: 'displacement',
  event: 'Surge of arrivals',
  instruction: '',
  expiresAfterSeconds: 3600,
  handling: { tlp: 'amber', purposes: ['early-warning'], legalBasis: 'not-personal', personalDataLevel: 'none', retentionDays: 30, onwardSharing: 'prohibited', precisionLimit: 'point', namedActors: [], communityGroups: [] },
  status: 'actual',
});
function alarm(amount: Alarm['amount'], change: Partial<Alarm> = {}, granularity: RegularGranularity = 'month', at = Date.UTC(2024, 6, 1)): Alarm {
  const number = periodNumber(at, granularity);
  const period = periodOf(number, granularity);
  const input: Observation = {
    owner: OWNER,
    series: seriesId('crossings'),
    report: derivedUuid(0, utf8('report')),
    version: 1,
    track: track(),
    period,
    amount,
    class: { owner: OWNER, series: seriesId('crossings'), category: 'movement', handling: rule().handling, area: 'central-mediterranean-route' },
    publishedAt: 0,
    expiresAt: 1,
  };
  return { number, period, amount, strength: 155, severity: 'severe', inputs: [input], ...change };
}
const known = (value: number) => ({ kind: 'known', value }) as const;

describe('the sentence that says why', () => {
  it.each<[string, Detector, Alarm]>([
    [
      '1,240 arrivals on the Central Mediterranean Route in July 2024 are 155 % of the threshold of 800 that rule surge-central sets.',
      THRESHOLD,
      alarm(known(1240)),
    ],
    [
      'At least 1,240 arrivals on the Central Mediterranean Route in July 2024 are 155 % of the threshold of 800 that rule surge-central sets, as the 2 before were on the same side of it.',
      { ...THRESHOLD, consecutivePeriods: 3 },
      alarm({ kind: 'at-least', value: 1240 }),
    ],
    [
      '5 arrivals on the Central Mediterranean Route in July 2024 are below the threshold of 800 that rule surge-central sets.',
      { ...THRESHOLD, direction: 'below' },
      alarm(known(5)),
    ],
    [
      '800 arrivals on the Central Mediterranean Route in July 2024 are at the threshold of 800 that rule surge-central sets.',
      { ...THRESHOLD, direction: 'below' },
      alarm(known(800)),
    ],
    [
      '1,240 arrivals on the Central Mediterranean Route in July 2024 are 155 % above the mean of 485.5 over 2 of the 6 periods before, and rule surge-central looks for 50 %.',
      { kind: 'rate-of-change', perCent: 50, direction: 'above', windowPeriods: 6, leastKnownPeriods: 2, leastMean: 0 },
      alarm(known(1240), { mean: { sum: 971, count: 2 } }),
    ],
  ])('%s', (text, detector, of) => {
    expect(explanationOf(rule(detector), track(), of, PLACE)).toBe(text);
  });

  it.each<[RegularGranularity, string]>([
    ['day', 'on 1 July 2024'],
    ['week', 'in the week of 1 July 2024'],
    ['quarter', 'in the third quarter of 2024'],
    ['year', 'in 2024'],
  ])('names a %s as people do', (granularity, words) => {
    expect(explanationOf(rule(), track({ granularity }), alarm(known(900), {}, granularity), PLACE)).toContain(` ${words} are `);
  });

  it.each<Measure>(['detections', 'arrivals', 'departures', 'registrations', 'applications', 'returns'])('calls %s no persons', (measure) => {
    const { headline, description } = infoOf(rule(), track({ measure }), alarm(known(900)), PLACE, 0);
    expect(`${headline} ${description}`).not.toMatch(/person|people/i);
    expect(headline).toContain(measure);
  });
});
