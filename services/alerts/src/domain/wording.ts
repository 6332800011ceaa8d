import type { Measure, Period, Population, TransportMode } from '@corridor/policy';
import type { Alarm } from './alarm.ts';
import { urgencyOf, type CapInfo } from './cap.ts';
import type { Track } from './observation.ts';
import type { Rule } from './rule.ts';

/** A place in words: `Central Mediterranean Route`, and `on the Central Mediterranean Route`. */
export interface PlaceWords {
  readonly name: string;
  readonly at: string;
}

const NUMBER = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });
const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const QUARTERS = ['first', 'second', 'third', 'fourth'] as const;

/** What is counted, in the plural. A detection is a detection: who crosses twice is detected twice. */
const COUNTED: Readonly<Record<Measure, string>> = {
  detections: 'detections of irregular crossings',
  arrivals: 'arrivals',
  departures: 'departures',
  registrations: 'registrations',
  applications: 'applications for asylum',
  returns: 'returns',
  stock: 'people present at the end of the period',
};

const POPULATION: Readonly<Record<Population, string>> = {
  refugee: 'refugees',
  'asylum-seeker': 'asylum seekers',
  'internally-displaced': 'internally displaced people',
  returnee: 'returnees',
  stateless: 'stateless people',
  'palestine-refugee': 'Palestine refugees',
  migrant: 'migrants',
  mixed: 'mixed movements',
};

const MODE: Readonly<Record<TransportMode, string>> = { land: 'by land', sea: 'by sea', air: 'by air', any: 'by any way' };

/** A period in words, with its preposition: `in July 2024`, `on 5 July 2024`. */
function periodWords({ start, granularity }: Period): string {
  const at = new Date(start);
  switch (granularity) {
    case 'day':
      return `on ${DAY.format(at)}`;
    case 'week':
      return `in the week of ${DAY.format(at)}`;
    case 'month':
      return `in ${MONTH.format(at)}`;
    case 'quarter':
      return `in the ${QUARTERS[Math.floor(at.getUTCMonth() / 3)] ?? ''} quarter of ${at.getUTCFullYear()}`;
    case 'year':
      return `in ${at.getUTCFullYear()}`;
    case 'custom':
      return `from ${DAY.format(at)} on`;
  }
}

const amountWords = ({ amount }: Alarm): string => (amount.kind === 'at-least' ? `at least ${NUMBER.format(amount.value)}` : NUMBER.format(amount.value));

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** What is observed: `1,240 arrivals on the Central Mediterranean Route in July 2024`. */
const observedWords = (track: Track, alarm: Alarm, place: PlaceWords): string =>
  `${amountWords(alarm)} ${COUNTED[track.measure]} ${place.at} ${periodWords(alarm.period)}`;

/** One sentence that says why a rule raised an alarm. */
export const explanationOf = (rule: Rule, track: Track, alarm: Alarm, place: PlaceWords): string =>
  sentence(`${observedWords(track, alarm, place)} are ${reasonWords(rule, alarm)}.`);

function reasonWords({ id, detector }: Rule, { strength, mean, amount }: Alarm): string {
  switch (detector.kind) {
    case 'threshold': {
      const row = detector.consecutivePeriods === 1 ? '' : `, as the ${detector.consecutivePeriods - 1} before were on the same side of it`;
      const value = NUMBER.format(detector.value);
      if (detector.direction === 'above') return `${NUMBER.format(strength)} % of the threshold of ${value} that rule ${id} sets${row}`;
      return amount.value === detector.value ? `at the threshold of ${value} that rule ${id} sets${row}` : `below the threshold of ${value} that rule ${id} sets${row}`;
    }
    case 'rate-of-change': {
      const before = mean === undefined ? '' : ` of ${NUMBER.format(mean.sum / mean.count)} over ${mean.count} of the ${detector.windowPeriods} periods before`;
      return `${NUMBER.format(strength)} % ${detector.direction} the mean${before}, and rule ${id} looks for ${detector.perCent} %`;
    }
  }
}

/** What a rule's alert says, in English. */
export function infoOf(rule: Rule, track: Track, alarm: Alarm, place: PlaceWords, sent: number): CapInfo {
  return {
    language: 'en',
    category: 'other',
    event: rule.event,
    urgency: urgencyOf(alarm.severity),
    severity: alarm.severity,
    certainty: 'observed',
    onset: alarm.period.start,
    expires: sent + 1000 * rule.expiresAfterSeconds,
    headline: shortened(sentence(observedWords(track, alarm, place)), 160),
    description: `${explanationOf(rule, track, alarm, place)}\nCounted: ${POPULATION[track.population]}, ${MODE[track.mode]}, as reported in agencies/${track.owner}/series/${track.series}.`,
    instruction: rule.instruction,
    areas: [{ description: shortened(place.name, 200), place: track.place }],
  };
}

const shortened = (text: string, most: number): string => {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
};

/** Why an alert, or a part of it, is taken back. */
export const withdrawalOf = (rule: Pick<Rule, 'id'>, period: Period, place: PlaceWords): string =>
  `What was reported ${place.at} ${periodWords(period)} was corrected or taken back: rule ${rule.id} raises no alarm for it any more.`;
