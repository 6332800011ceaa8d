import type { AgencyId, SeriesId, Uuid } from '@corridor/kernel';

/** The key of a report (all versions of an update id): unique over all series. */
export const reportKey = (owner: AgencyId, series: SeriesId, id: Uuid): string => `${owner}/${series}/${id}`;
