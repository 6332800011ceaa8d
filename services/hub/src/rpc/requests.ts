import type { PublishRequest, SubscribeRequest, UpdateFilter as WireFilter } from '@corridor/contracts/hub/v1/hub';
import { SubscribeFrom } from '@corridor/contracts/hub/v1/hub';
import { CorridorError } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { agencyName, handlingFrom, parseAgencyName, parseSeriesName, revisionFrom, seriesName, wire } from '@corridor/runtime';
import type { PublishCommand } from '../application/publish-updates.ts';
import type { SubscribeCommand } from '../application/subscribe.ts';
import { EVERYTHING, type UpdateFilter } from '../domain/filter.ts';
import { thresholdFrom } from './threshold.ts';
import { updateFrom } from './updates-from-wire.ts';

/** The most values of one list of a filter. */
const MAX_FILTER = 200;

/** The command of a request to publish or preview. */
export function publishCommand(request: PublishRequest | undefined, actor: ActorRef): PublishCommand {
  if (request === undefined) throw new CorridorError('INVALID_ARGUMENT', 'publish must be set', { field: 'publish' });
  if (request.updates.length > 256) throw new CorridorError('MESSAGE_TOO_LARGE', 'a message carries at most 256 updates', { field: 'updates' });
  return {
    ...parseSeriesName(request.series, 'series'),
    actor,
    category: wire.category.from(request.category, 'category'),
    handling: handlingFrom(request.handling),
    threshold: thresholdFrom(request.maskThreshold),
    seen: revisionFrom(request.seenRevision, 'seen_revision'),
    updates: request.updates.map((update, i) => updateFrom(update, `updates[${i}]`)),
  };
}

/** The command of a request to subscribe. */
export function subscribeCommand(request: SubscribeRequest, actor: ActorRef): SubscribeCommand {
  return {
    actor,
    purpose: wire.purpose.from(request.purpose, 'purpose'),
    filter: filterFrom(request.filter),
    inPerson: true,
    start: request.cursor.length > 0 ? { kind: 'cursor', cursor: request.cursor } : startFrom(request.from),
  };
}

function startFrom(from: SubscribeFrom): SubscribeCommand['start'] {
  switch (from) {
    case SubscribeFrom.SUBSCRIBE_FROM_UNSPECIFIED:
    case SubscribeFrom.SUBSCRIBE_FROM_NOW:
      return { kind: 'now' };
    case SubscribeFrom.SUBSCRIBE_FROM_BEGINNING:
      return { kind: 'beginning' };
    case SubscribeFrom.UNRECOGNIZED:
    default:
      throw new CorridorError('UNKNOWN_ENUM_VALUE', 'from must be NOW or BEGINNING', { field: 'from' });
  }
}

/** The filter of a request; unset wants everything. */
export function filterFrom(message: WireFilter | undefined): UpdateFilter {
  if (message === undefined) return EVERYTHING;
  const { owners, series, categories, areas } = message;
  for (const [field, values] of Object.entries({ owners, series, categories, areas })) {
    if (values.length > MAX_FILTER) throw new CorridorError('INVALID_ARGUMENT', `filter.${field} must be at most ${MAX_FILTER}`, { field: `filter.${field}` });
  }
  return {
    owners: owners.map((name, i) => parseAgencyName(name, `filter.owners[${i}]`)),
    series: series.map((name, i) => parseSeriesName(name, `filter.series[${i}]`)),
    categories: wire.category.allFrom(categories, 'filter.categories'),
    areas: areas.map((area, i) => {
      if (area.length === 0 || area.length > 60) throw new CorridorError('INVALID_ARGUMENT', `filter.areas[${i}] must be a place id`, { field: `filter.areas[${i}]` });
      return area;
    }),
  };
}

/** The message of a filter. */
export const filterTo = ({ owners, series, categories, areas }: UpdateFilter): WireFilter => ({
  owners: owners.map(agencyName),
  series: series.map(seriesName),
  categories: wire.category.allTo(categories),
  areas: [...areas],
});
