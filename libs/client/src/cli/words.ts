import { InvalidArgumentError } from 'commander';
import type { EnumWords } from '../enum-words.ts';
import { momentOf } from '../moment.ts';

/** Reads a word of an enum. @throws InvalidArgumentError naming the words there are. */
export const wordOf =
  <V extends number>(words: EnumWords<V>) =>
  (text: string): V => {
    const value = words.find(text);
    if (value === undefined) throw new InvalidArgumentError(`It must be one of ${words.all.join(', ')}.`);
    return value;
  };

/** For an option that is given several times: each time one more value. */
export const several =
  <V>(parse: (text: string) => V) =>
  (text: string, before: readonly V[] | undefined): readonly V[] => [...(before ?? []), parse(text)];

/** A whole number from `least` to `most`. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };

/** A moment: an ISO 8601 date or date and time; without a zone it is UTC. */
export function moment(text: string): Date {
  const date = momentOf(text);
  if (date === undefined) throw new InvalidArgumentError('It must be a date such as 2027-12-31 or 2027-12-31T12:00:00Z.');
  return date;
}
