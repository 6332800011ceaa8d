import { InvalidArgumentError } from 'commander';
import { AgencyKind, Category, LegalBasis, OnwardSharing, PersonalDataLevel, PlacePrecision, Purpose, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import { Measure, Population, Quality } from '@corridor/contracts/hub/v1/updates';
import { AgencyState, AgreementState, Role } from '@corridor/contracts/registry/v1/resources';

/** The values of a contract's enum as words: `PURPOSE_EARLY_WARNING` is `early-warning`. */
export interface Words<V extends number> {
  readonly all: readonly string[];
  /** The value of a word or of a contract name. @throws InvalidArgumentError naming the words there are. */
  parse(word: string): V;
  /** The word of a value; its number when this version knows none. */
  of(value: number): string;
}

function wordsOf<V extends number>(values: Readonly<Record<string, V>>, prefix: string): Words<V> {
  const named = Object.entries(values).filter(([name, value]) => value > 0 && name.startsWith(prefix));
  const word = (name: string): string => name.slice(prefix.length).toLowerCase().replaceAll('_', '-');
  const byWord = new Map(named.flatMap(([name, value]) => [[word(name), value] as const, [name, value] as const]));
  const byValue = new Map<number, string>(named.map(([name, value]) => [value, word(name)]));
  const all = named.map(([name]) => word(name));
  return {
    all,
    parse(text) {
      const value = byWord.get(text);
      if (value === undefined) throw new InvalidArgumentError(`It must be one of ${all.join(', ')}.`);
      return value;
    },
    of: (value) => (value === 0 ? '-' : (byValue.get(value) ?? String(value))),
  };
}

export const PURPOSES = wordsOf(Purpose, 'PURPOSE_');
export const CATEGORIES = wordsOf(Category, 'CATEGORY_');
export const TLPS = wordsOf(Tlp, 'TLP_');
export const LEGAL_BASES = wordsOf(LegalBasis, 'LEGAL_BASIS_');
export const LEVELS = wordsOf(PersonalDataLevel, 'PERSONAL_DATA_LEVEL_');
export const ONWARD = wordsOf(OnwardSharing, 'ONWARD_SHARING_');
export const PRECISIONS = wordsOf(PlacePrecision, 'PLACE_PRECISION_');
export const KINDS = wordsOf(AgencyKind, 'AGENCY_KIND_');
export const AGENCY_STATES = wordsOf(AgencyState, 'AGENCY_STATE_');
export const AGREEMENT_STATES = wordsOf(AgreementState, 'AGREEMENT_STATE_');
export const ROLES = wordsOf(Role, 'ROLE_');
export const MEASURES = wordsOf(Measure, 'MEASURE_');
export const POPULATIONS = wordsOf(Population, 'POPULATION_');
export const QUALITIES = wordsOf(Quality, 'QUALITY_');

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
  const utc = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : /^\d{4}-\d\d-\d\dT[\d:.]+$/.test(text) ? `${text}Z` : text;
  const date = new Date(/^\d{4}-/.test(utc) ? utc : Number.NaN);
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError('It must be a date such as 2027-12-31 or 2027-12-31T12:00:00Z.');
  return date;
}
