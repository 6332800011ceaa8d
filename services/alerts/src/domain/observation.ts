import type { AgencyId, SeriesId, Uuid } from '@corridor/kernel';
import type { Measure, Period, Population, TransportMode, UpdateClass } from '@corridor/policy';
import { periodNumber, type RegularGranularity } from './period.ts';

/** A series of an owner. */
export interface SeriesRef {
  readonly owner: AgencyId;
  readonly series: SeriesId;
}

/** What makes observations one series of numbers: those of different tracks never add and are never compared. */
export interface Track extends SeriesRef {
  /** Id of a place of the gazetteer. */
  readonly place: string;
  readonly measure: Measure;
  readonly population: Population;
  readonly mode: TransportMode;
  readonly granularity: RegularGranularity;
}

/** What is known of a number: itself, a bound below it, or nothing. Suppressed and unknown are never zero. */
export type Amount =
  | { readonly kind: 'known'; readonly value: number }
  | { readonly kind: 'at-least'; readonly value: number }
  | { readonly kind: 'unknown' };

/** One version of one report. */
export interface ReportVersion extends SeriesRef {
  readonly report: Uuid;
  /** As the early-warning agency saw it. */
  readonly version: number;
}

/** The number of one period, as the newest version of a report states it. */
export interface Observation extends ReportVersion {
  readonly track: Track;
  readonly period: Period;
  readonly amount: Amount;
  /** What decides who else may have it. */
  readonly class: UpdateClass;
  /** When its owner published it; milliseconds since the epoch. */
  readonly publishedAt: number;
  /** Until when it may be kept; milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** A report that its owner took back: what is kept is that there is nothing, so that no older version comes back. */
export interface Withdrawal extends ReportVersion {
  readonly publishedAt: number;
  readonly expiresAt: number;
}

export type Report = Observation | Withdrawal;

export const isObservation = (report: Report): report is Observation => 'track' in report;

/** A text that is equal for equal tracks; begins with `{owner}/{series}/`. */
export const trackKey = ({ owner, series, place, measure, population, mode, granularity }: Track): string =>
  [owner, series, place, measure, population, mode, granularity].join('/');

/** The number of an observation's period. */
export const numberOf = ({ period, track }: Observation): number => periodNumber(period.start, track.granularity);

/** `agencies/{agency}/series/{series}/updates/{update}@{version}` */
export const reportVersionName = ({ owner, series, report, version }: ReportVersion): string =>
  `agencies/${owner}/series/${series}/updates/${report}@${version}`;

/** A count as a table shows it; `undefined`: it is there and not known, or not shown. */
export type ShownCount = number | undefined;

/**
 * What a table says of its total. A total that is stated and known counts. Where none is stated, the rows add up to it,
 * since a row that is not there is zero. A total that is suppressed or unknown, or rows that are, leave a bound: the sum
 * of the rows that are known.
 * @param total `unstated` where the table has none
 */
export function amountOf(rows: readonly ShownCount[], total: ShownCount | 'unstated'): Amount {
  if (typeof total === 'number') return { kind: 'known', value: total };
  const value = rows.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  if (total === 'unstated' && rows.length > 0 && !rows.includes(undefined)) return { kind: 'known', value };
  return value > 0 ? { kind: 'at-least', value } : { kind: 'unknown' };
}

/**
 * Which of several reports of one period of a track speaks for it: they are never added, since they may count the same
 * people. What is known goes before a bound and a bound before nothing; then the one published last.
 */
export function speaking(reports: readonly Observation[]): Observation | undefined {
  return reports.toSorted(
    (a, b) => RANK[a.amount.kind] - RANK[b.amount.kind] || b.publishedAt - a.publishedAt || (a.report < b.report ? -1 : 1),
  )[0];
}

const RANK: Readonly<Record<Amount['kind'], number>> = { known: 0, 'at-least': 1, unknown: 2 };
