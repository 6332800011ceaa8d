import { detect, type Finding } from './detector.ts';
import { reportVersionName, type Observation, type Track } from './observation.ts';
import { severityOf, type Rule } from './rule.ts';
import { keyedClass, type Severity, type UpdateClass } from '@corridor/policy';

/** A number that raises an alarm: unknown ones never do. */
type AlarmingAmount = Exclude<Observation['amount'], { readonly kind: 'unknown' }>;

/** What a rule found in one period of a track. */
export interface Alarm extends Pick<Finding, 'strength' | 'mean'> {
  /** The number of the period. */
  readonly number: number;
  readonly period: Observation['period'];
  readonly amount: AlarmingAmount;
  readonly severity: Severity;
  /** The versions of reports it was computed from, by period. */
  readonly inputs: readonly Observation[];
}

/** What is observed in the period of a number; undefined where nobody reported. */
export type ObservedAt = (number: number) => Observation | undefined;

/** What a rule finds in the period of a number; undefined: no alarm. Pure: same observations, same rule, same alarm. */
export function alarmAt(rule: Pick<Rule, 'detector' | 'severities'>, number: number, observed: ObservedAt): Alarm | undefined {
  const finding = detect(rule.detector, number, (period) => observed(period)?.amount);
  const last = observed(number);
  if (finding === undefined || last === undefined || last.amount.kind === 'unknown') return undefined;
  const { strength, periods, mean } = finding;
  return {
    number,
    period: last.period,
    amount: last.amount,
    strength,
    severity: severityOf(rule.severities, strength),
    inputs: periods.flatMap((period) => observed(period) ?? []),
    ...(mean === undefined ? {} : { mean }),
  };
}

/** When the newest of its inputs was published: the same for the same inputs. */
export const newestInput = ({ inputs }: Alarm): number => Math.max(...inputs.map(({ publishedAt }) => publishedAt));

/** The names of its inputs. */
export const inputNames = ({ inputs }: Alarm): readonly string[] => inputs.map(reportVersionName);

/** The classes of its inputs, each once. */
export function sourcesOf({ inputs }: Alarm): readonly UpdateClass[] {
  const classes = new Map<string, UpdateClass>();
  for (const { class: of } of inputs) {
    const { key } = keyedClass(of);
    if (!classes.has(key)) classes.set(key, of);
  }
  return [...classes.values()];
}

/** What an alarm says to whoever is told of it: while this stays, a correction of its inputs changes nothing. */
export const saying = (alarm: Alarm): string =>
  JSON.stringify([alarm.amount, alarm.strength, alarm.severity, sourcesOf(alarm).map((of) => keyedClass(of).key).toSorted()]);

/** An id that names what raised an alarm: the same inputs under the same edition of a rule raise the same alert. */
export const alarmIdentity = (rule: Pick<Rule, 'id' | 'edition'>, track: Track, alarm: Alarm): readonly (string | number)[] => [
  rule.id,
  rule.edition,
  track.owner,
  track.series,
  track.place,
  track.measure,
  track.population,
  track.mode,
  track.granularity,
  alarm.number,
  ...inputNames(alarm),
];
