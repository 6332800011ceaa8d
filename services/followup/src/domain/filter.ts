import type { AgencyId } from '@corridor/kernel';
import { isBlocked, timelinessOf, type Addressee, type Recommendation } from './recommendation.ts';
import type { Implementation, Theme } from './vocabulary.ts';

/** Which recommendations a reader wants; an empty list means every value. */
export interface RecommendationFilter {
  readonly meeting?: string;
  readonly addressees: readonly AgencyId[];
  readonly themes: readonly Theme[];
  readonly implementations: readonly Implementation[];
  readonly overdue: boolean;
  readonly blocked: boolean;
}

/**
 * Whether a recommendation is wanted. What is asked of an addressee has to hold of one and the same, among those wanted.
 * @param moment at which timeliness is asked, milliseconds since the epoch
 */
export function wants(filter: RecommendationFilter, { meeting, themes, dueAt, addressees }: Recommendation, moment: number): boolean {
  if (filter.meeting !== undefined && filter.meeting !== meeting) return false;
  if (filter.themes.length > 0 && !filter.themes.some((theme) => themes.includes(theme))) return false;
  return addressees.some(
    (addressee: Addressee) =>
      (filter.addressees.length === 0 || filter.addressees.includes(addressee.agency)) &&
      (filter.implementations.length === 0 || filter.implementations.includes(addressee.implementation)) &&
      (!filter.overdue || timelinessOf(dueAt, addressee, moment) === 'overdue') &&
      (!filter.blocked || isBlocked(addressee)),
  );
}
