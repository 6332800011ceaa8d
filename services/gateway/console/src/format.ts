import { COUNTRIES } from '@corridor/places/countries';
import type { Period } from './api/common.ts';

/** How values are written in a language. Times are UTC, as periods are. */
export interface Format {
  readonly number: (value: number) => string;
  readonly time: (at: number) => string;
  readonly date: (at: number) => string;
  readonly period: (period: Period) => string;
  /** A country by its alpha-3 code; undefined when it is none. */
  readonly country: (alpha3: string) => string | undefined;
  readonly compact: (value: number) => string;
  /** A moment at an axis whose ticks are so many milliseconds apart. */
  readonly tick: (at: number, step: number) => string;
}

const DAY_MS = 86_400_000;
const MONTH_MS = 28 * DAY_MS;
const YEAR_MS = 365 * DAY_MS;

export function formatFor(tag: string): Format {
  // Digits as in the charts and in what is copied elsewhere: the same in every language of the console.
  const locale = new Intl.Locale(tag, { numberingSystem: 'latn' });
  const numbers = new Intl.NumberFormat(locale);
  const compact = new Intl.NumberFormat(locale, { notation: 'compact' });
  const times = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23', timeZone: 'UTC' });
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const months = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long', timeZone: 'UTC' });
  const shortMonths = new Intl.DateTimeFormat(locale, { year: '2-digit', month: 'short', timeZone: 'UTC' });
  const shortDates = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' });
  const years = new Intl.DateTimeFormat(locale, { year: 'numeric', timeZone: 'UTC' });
  const countries = countryNames(tag);
  const period = ({ start, end, granularity }: Period): string => {
    switch (granularity) {
      case 'GRANULARITY_DAY':
        return dates.format(start);
      case 'GRANULARITY_MONTH':
        return months.format(start);
      case 'GRANULARITY_YEAR':
        return years.format(start);
      case 'GRANULARITY_WEEK':
        return dates.formatRange(start, end - DAY_MS);
      case 'GRANULARITY_QUARTER':
        return months.formatRange(start, end - DAY_MS);
      case 'GRANULARITY_CUSTOM':
        return start % DAY_MS === 0 && end % DAY_MS === 0 ? dates.formatRange(start, end - DAY_MS) : times.formatRange(start, end);
    }
  };
  return {
    number: (value) => numbers.format(value),
    compact: (value) => compact.format(value),
    tick: (at, step) => (step >= YEAR_MS ? years : step >= MONTH_MS ? shortMonths : shortDates).format(at),
    time: (at) => `${times.format(at)} UTC`,
    date: (at) => dates.format(at),
    period,
    country: (alpha3) => countries.get(alpha3),
  };
}

/** English names are those of the United Nations' M49 list; other languages have them from the browser. */
function countryNames(tag: string): ReadonlyMap<string, string> {
  const names = new Intl.DisplayNames([tag], { type: 'region', fallback: 'none' });
  return new Map(COUNTRIES.map(([alpha3, alpha2, , english]) => [alpha3, tag === 'en' ? english : (names.of(alpha2) ?? english)]));
}
