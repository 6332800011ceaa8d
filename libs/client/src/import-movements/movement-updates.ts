import { canonicalJson, derivedUuid, type AgencyId, type SeriesId, type Uuid } from '@corridor/kernel';
import { Category, CountState, Granularity, type Handling, type Place } from '@corridor/contracts/common/v1/vocabulary';
import type { PublishRequest } from '@corridor/contracts/hub/v1/hub';
import { Breakdown, TransportMode, type Measure, type Population, type Quality, type Update } from '@corridor/contracts/hub/v1/updates';
import type { MovementGroup } from './read-movements.ts';

/** What the rows of a file mean, and under which conditions they travel. The file itself does not say. */
export interface MovementMeaning {
  readonly owner: AgencyId;
  readonly series: SeriesId;
  readonly handling: Handling;
  readonly measure: Measure;
  readonly population: Population;
  readonly quality: Quality;
  /** See PublishRequest; 0: the default. */
  readonly maskThreshold: number;
  /** The place of a route name of the file. */
  readonly placeOf: (route: string) => Place;
}

/** A row takes at most 20 bytes and a table 400 rows, so that such a message stays below the bound of 900 kB. */
const MESSAGE_UPDATES = 100;

/** Requests that publish the groups, in order, one update for each. */
export function* movementRequests(groups: readonly MovementGroup[], meaning: MovementMeaning): Generator<PublishRequest> {
  for (let at = 0; at < groups.length; at += MESSAGE_UPDATES) {
    yield request(groups.slice(at, at + MESSAGE_UPDATES).map((group) => movementUpdate(group, meaning)), meaning);
  }
}

const request = (updates: readonly Update[], { owner, series, handling, maskThreshold }: MovementMeaning): PublishRequest => ({
  series: `agencies/${owner}/series/${series}`,
  category: Category.CATEGORY_MOVEMENT,
  handling,
  updates,
  seenRevision: undefined,
  maskThreshold,
});

/** One table: persons by nationality over one month, on one route, by one mode; the total is their sum. */
function movementUpdate(group: MovementGroup, { owner, series, measure, population, quality, placeOf }: MovementMeaning): Update {
  const start = monthStart(group.month);
  const known = (value: bigint) => ({ state: CountState.COUNT_STATE_KNOWN, value });
  let total = 0n;
  for (const persons of group.persons.values()) total += persons;
  return {
    updateId: movementUpdateId(owner, series, group),
    replacesVersion: 0,
    place: placeOf(group.route),
    period: { start, end: nextMonth(start), granularity: Granularity.GRANULARITY_MONTH },
    content: {
      $case: 'movement',
      value: {
        measure,
        population,
        quality,
        mode: MODE[group.mode],
        breakdown: Breakdown.BREAKDOWN_NATIONALITY,
        rows: [...group.persons].map(([key, persons]) => ({ key, count: known(persons) })),
        total: known(total),
      },
    },
  };
}

const MODE = {
  land: TransportMode.TRANSPORT_MODE_LAND,
  sea: TransportMode.TRANSPORT_MODE_SEA,
  air: TransportMode.TRANSPORT_MODE_AIR,
} as const;

/**
 * The id of a report: a UUID of version 8 (RFC 9562, section 5.8) whose first 48 bits are the month's first millisecond
 * and whose other bits are the beginning of SHA-256 over the canonical JSON of [owner, series, month, route, mode]. The
 * same table of the same series has the same id in every import, so that a repeated import publishes nothing twice.
 */
export const movementUpdateId = (owner: AgencyId, series: SeriesId, { month, route, mode }: Omit<MovementGroup, 'persons'>): Uuid =>
  derivedUuid(monthStart(month).getTime(), canonicalJson([owner, series, month, route, mode]));

const monthStart = (month: string): Date => new Date(`${month}-01T00:00:00Z`);
const nextMonth = (start: Date): Date => new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1));
