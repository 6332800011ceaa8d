import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { every, prefix } from '@corridor/documents';
import { CorridorError } from '@corridor/kernel';
import { isTaken, lostRace } from '@corridor/outbox';
import type { Period } from '@corridor/policy';
import { record } from '@corridor/telemetry';
import { alarmAt, type Alarm } from '../domain/alarm.ts';
import type { Alert, AlertChange } from '../domain/alert.ts';
import { reachBack } from '../domain/detector.ts';
import { stepFor, type Around } from '../domain/episode.ts';
import { isObservation, trackKey, type Observation, type Track } from '../domain/observation.ts';
import { periodNumber, periodOf } from '../domain/period.ts';
import { readsTrack, type Rule } from '../domain/rule.ts';
import { follow, raise, takeBack, type Raised } from '../domain/thread.ts';
import { addressed } from './addressed.ts';
import { surely, type EarlyWarning, type StoredAlert } from './early-warning.ts';
import type { Standing, TakenReport } from './observations.ts';
import { alarmKey, seriesKey } from './stored.ts';
import { changed, traceable } from './watched-changes.ts';

/** How many periods are evaluated before others get their turn. */
const AT_ONCE = 20;
/** How often an evaluation is done again after somebody else changed the alert meanwhile. */
const ATTEMPTS = 16;

/**
 * Lets every active rule evaluate what was taken together: the periods reported on, and those in whose window they lie.
 * What an alert says already is not said again, so that evaluating twice changes nothing.
 */
export async function evaluate(taken: readonly TakenReport[], early: EarlyWarning): Promise<void> {
  for (const { track, numbers, rules, publishedAt } of await affected(taken, early)) {
    for (const rule of rules) await evaluateTrack(rule, track, spread(numbers, reachBack(rule.detector)), publishedAt, early);
  }
}

/** Lets a rule evaluate every observation that is there. */
export async function evaluateHistory(rule: Rule, early: EarlyWarning): Promise<void> {
  for (const series of rule.observations.series) {
    for await (const { track, observed } of early.observations.tracks(series)) {
      if (!readsTrack(rule, track, surely(early.places.contains))) continue;
      let left = AT_ONCE;
      for (const [number, { publishedAt }] of observed) {
        await evaluatePeriod(rule, track, number, observed, publishedAt, early);
        left -= 1;
        if (left > 0) continue;
        await turnOfTheEventLoop();
        left = AT_ONCE;
      }
    }
  }
}

interface Affected {
  readonly track: Track;
  readonly numbers: Set<number>;
  readonly rules: readonly Rule[];
  /** When the newest of the reports was published. */
  publishedAt: number;
}

/** The tracks that reports stand on or stood on, with the rules that read them. */
async function affected(taken: readonly TakenReport[], early: EarlyWarning): Promise<readonly Affected[]> {
  const tracks = new Map<string, Affected>();
  for (const { report, before, takenAt } of taken) {
    const standings: readonly Standing[] = [...(isObservation(report) ? [report] : []), ...(before === undefined ? [] : [before])];
    for (const { track, period } of standings) {
      const key = trackKey(track);
      const known = tracks.get(key) ?? { track, numbers: new Set<number>(), rules: await rulesFor(track, takenAt, early), publishedAt: 0 };
      known.numbers.add(periodNumber(period.start, track.granularity));
      known.publishedAt = Math.max(known.publishedAt, report.publishedAt);
      tracks.set(key, known);
    }
  }
  return [...tracks.values()];
}

/** The rules that read a track and were active when something was taken. */
async function rulesFor(track: Track, takenAt: number, { rules, places }: EarlyWarning): Promise<readonly Rule[]> {
  const found: Rule[] = [];
  for await (const { doc: rule } of every(rules, 'reads', prefix(seriesKey(track)))) {
    if ((rule.evaluatesFrom ?? Infinity) <= takenAt && readsTrack(rule, track, surely(places.contains))) found.push(rule);
  }
  return found;
}

/** The numbers, and as many behind each as its report may matter to, ascending. */
function spread(numbers: ReadonlySet<number>, reach: number): readonly number[] {
  const all = new Set<number>();
  for (const number of numbers) for (let i = 0; i <= reach; i += 1) all.add(number + i);
  return [...all].toSorted((a, b) => a - b);
}

async function evaluateTrack(rule: Rule, track: Track, numbers: readonly number[], publishedAt: number, early: EarlyWarning): Promise<void> {
  const [first, last] = [numbers[0], numbers.at(-1)];
  if (first === undefined || last === undefined) return;
  const observed = await early.observations.window(track, first - reachBack(rule.detector), last);
  const told = await toldNumbers(rule, track, first, last, early);
  for (const number of numbers) {
    if (observed.has(number) || told.has(number)) await evaluatePeriod(rule, track, number, observed, publishedAt, early, true);
  }
}

/** The periods from one to another of which alerts tell an alarm. */
async function toldNumbers(rule: Rule, track: Track, from: number, to: number, { alerts, clock }: EarlyWarning): Promise<ReadonlySet<number>> {
  const numbers = new Set<number>();
  for await (const { doc } of every(alerts, 'alarm', { from: alarmKey(rule, track, from), to: alarmKey(rule, track, to + 1) })) {
    if (isKept(doc, clock.now())) for (const { number } of doc.episode?.alarms ?? []) numbers.add(number);
  }
  return numbers;
}

async function evaluatePeriod(
  rule: Rule,
  track: Track,
  number: number,
  observed: ReadonlyMap<number, Observation>,
  publishedAt: number,
  early: EarlyWarning,
  isNews = false,
): Promise<void> {
  const alarm = alarmAt(rule, number, (period) => observed.get(period));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await carryOut({ rule, track, number, alarm, publishedAt, isNews }, await around(rule, track, number, early), early);
    } catch (error) {
      if (!(lostRace(error) || isTaken(error)) || attempt === ATTEMPTS) throw error;
    }
  }
}

interface Evaluation {
  readonly rule: Rule;
  readonly track: Track;
  readonly number: number;
  readonly alarm: Alarm | undefined;
  readonly publishedAt: number;
  /** It follows from what has just come, and not from what was there when a rule began. */
  readonly isNews: boolean;
}

interface Stored extends Around {
  readonly versions: ReadonlyMap<string, number>;
}

/** The alerts that tell of a period and of those beside it. */
async function around(rule: Rule, track: Track, number: number, { alerts, clock }: EarlyWarning): Promise<Stored> {
  const found = new Map<string, Alert>();
  const versions = new Map<string, number>();
  for await (const { id, version, doc } of every(alerts, 'alarm', { from: alarmKey(rule, track, number - 1), to: alarmKey(rule, track, number + 2) })) {
    if (!isKept(doc, clock.now())) continue;
    found.set(id, doc);
    versions.set(id, version);
  }
  const sorted = [...found.values()].toSorted((a, b) => openFirst(a) - openFirst(b) || b.createdAt - a.createdAt);
  const tells = (alert: Alert, of: number): boolean => alert.episode?.alarms.some((alarm) => alarm.number === of) ?? false;
  return {
    telling: sorted.filter((alert) => tells(alert, number)),
    beside: sorted.filter((alert) => tells(alert, number - 1) || tells(alert, number + 1)),
    versions,
  };
}

/**
 * Whether an alert is within its retention, which ends with that of the first of its inputs: whether what it tells of still
 * holds can be said only as long as they are all there.
 */
const isKept = (alert: StoredAlert, now: number): alert is Alert => alert.state !== 'erased' && alert.keptUntil > now;

const openFirst = ({ state }: Alert): number => (state === 'open' ? 0 : 1);

async function carryOut({ rule, track, number, alarm, publishedAt, isNews }: Evaluation, stored: Stored, early: EarlyWarning): Promise<void> {
  const step = stepFor(alarm, stored);
  const { places } = early;
  switch (step.kind) {
    case 'nothing':
      return;
    case 'raise':
      await begin(raised(rule, track, alarm, early), early);
      if (isNews) record('corridor.alerts.latency', Math.max(0, early.clock.now() - publishedAt) / 1000, {});
      break;
    case 'follow': {
      const next = raised(rule, track, alarm, early);
      // Acknowledgements with long notes can fill a thread that had room for its messages.
      if (!(await fits(store(follow(step.alert, next), stored, early)))) await begin(next, early);
      break;
    }
    case 'take-back': {
      const period: Period = periodOf(number, track.granularity);
      const isTold = await fits(store(takeBack(step.alert, number, rule, period, places.words(track.place), publishedAt), stored, early));
      if (!isTold) early.report('error', 'alerts.thread-too-large', { alert: step.alert.id });
      break;
    }
  }
  early.due();
}

async function begin(next: Raised, early: EarlyWarning): Promise<void> {
  const change = await addressed(raise(next, early.clock.now()), early);
  await early.alerts.create(change.alert.id, traceable(change.alert), [await early.alertEvent(change)]);
  changed(change);
}

/** Whether a write was done; false when it is larger than the log takes. */
async function fits(write: Promise<void>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (CorridorError.from(error).reason === 'VALUE_TOO_LARGE') return false;
    throw error;
  }
}

function raised(rule: Rule, track: Track, alarm: Alarm | undefined, { places }: EarlyWarning): Raised {
  if (alarm === undefined) throw new CorridorError('INTERNAL', 'an alert needs an alarm');
  return { rule, track, alarm, place: places.words(track.place) };
}

async function store(change: AlertChange, { versions }: Stored, early: EarlyWarning): Promise<void> {
  const { id } = change.alert;
  await early.alerts.commit(id, versions.get(id) ?? 0, change.alert, [await early.alertEvent(change)]);
  changed(change);
}
