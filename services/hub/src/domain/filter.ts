import { canonicalJson, fromUtf8, type AgencyId, type SeriesId } from '@corridor/kernel';
import type { Category, Contains } from '@corridor/policy';
import type { BatchView } from './view.ts';

/** Which updates a reader wants; an empty list means every value. */
export interface UpdateFilter {
  readonly owners: readonly AgencyId[];
  readonly series: readonly { readonly owner: AgencyId; readonly series: SeriesId }[];
  readonly categories: readonly Category[];
  /** Place ids that contain the update's place. */
  readonly areas: readonly string[];
}

/** Equal for equal filters, whatever the order of their values. */
export const filterKey = (filter: UpdateFilter): string =>
  fromUtf8(
    canonicalJson({
      owners: filter.owners.toSorted(),
      series: filter.series.map(({ owner, series }) => `${owner}/${series}`).toSorted(),
      categories: filter.categories.toSorted(),
      areas: filter.areas.toSorted(),
    }),
  );

const admits = <T>(wanted: readonly T[], value: T): boolean => wanted.length === 0 || wanted.includes(value);

/** Whether a series and category are wanted: what every view of an update shows unchanged. */
export const wantsSeries = (filter: UpdateFilter, { owner, series, category }: Pick<BatchView, 'owner' | 'series' | 'category'>): boolean =>
  admits(filter.owners, owner) &&
  (filter.series.length === 0 || filter.series.some((s) => s.owner === owner && s.series === series)) &&
  admits(filter.categories, category);

/** Whether a place, as coarse as the reader sees it, is wanted. */
export const wantsPlace = (filter: UpdateFilter, placeId: string, contains: Contains): boolean =>
  filter.areas.length === 0 || filter.areas.some((area) => contains(area, placeId) === true);

/** The filter that wants every update. */
export const EVERYTHING: UpdateFilter = { owners: [], series: [], categories: [], areas: [] };
