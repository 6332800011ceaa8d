import { derivedUuid, utf8, type Uuid } from '@corridor/kernel';

/**
 * The id of a report of a play. The same play has the same ids, so that a play that was interrupted publishes nothing twice.
 * @param at the report's time, milliseconds since the epoch
 */
export const reportId = (at: number, name: string): Uuid => derivedUuid(at, utf8(name));
