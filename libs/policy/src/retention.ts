const DAY_MS = 86_400_000;

/**
 * The first moment at which an update may no longer be kept or delivered, in milliseconds since the epoch.
 * @param publishedAt milliseconds since the epoch
 * @param days retention in days of 24 hours from publication
 */
export const retentionEnd = (publishedAt: number, days: number): number => publishedAt + days * DAY_MS;

/**
 * The month (UTC, `YYYY-MM`) in which retention ends. Data keys are per owner, series and this month; a key may be
 * destroyed as soon as the month is over, for then the retention of everything under it has passed.
 * @throws RangeError when the end is no date that ISO 8601 can name
 */
export const retentionMonth = (publishedAt: number, days: number): string =>
  new Date(retentionEnd(publishedAt, days)).toISOString().slice(0, 7);
