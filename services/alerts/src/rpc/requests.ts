import { SubscribeAlertsFrom, type AlertFilter as FilterMessage, type BacktestRuleRequest, type DraftAlertRequest, type ListAlertsRequest, type SubscribeAlertsRequest } from '@corridor/contracts/alerts/v1/alerts';
import { CorridorError, refuse, uuid } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { expectedVersionFrom, handlingFrom, timestampFrom, wire } from '@corridor/runtime';
import type { BacktestRequest } from '../application/backtest-rule.ts';
import type { ListAlertsCommand } from '../application/list-alerts.ts';
import type { SubscribeAlertsCommand } from '../application/subscribe-alerts.ts';
import type { AlertState } from '../domain/alert.ts';
import type { Draft } from '../domain/thread.ts';
import { parsePatterns, patternText, type AlertFilter } from '../domain/topic.ts';
import { infoFrom } from './alerts-from-wire.ts';
import { acknowledgementFrom, statusFrom } from './rules-wire.ts';
import { words } from './words.ts';

/** Parts of requests as the domain knows them. Each throws CorridorError naming the field. */

/** Whether an id is a place of the gazetteer. */
type IsPlace = (id: string) => boolean;

/** What becomes of an alert that nobody asked for by its state: all but drafts. */
const USUAL_STATES: readonly AlertState[] = ['open', 'cancelled', 'expired'];

export function filterFrom(message: FilterMessage | undefined, isPlace: IsPlace): AlertFilter {
  const statuses = (message?.statuses ?? []).map((status, i) => statusFrom(status, `filter.statuses[${i}]`));
  return {
    topics: parsePatterns(message?.topics ?? [], isPlace, 'filter.topics'),
    // An exercise never reaches who did not ask for it.
    statuses: statuses.length === 0 ? ['actual'] : [...new Set(statuses)],
  };
}

export const filterTo = ({ topics, statuses }: AlertFilter): FilterMessage => ({
  topics: topics.map(patternText),
  statuses: words.status.allTo(statuses),
});

export function subscribeCommand({ filter, cursor, from }: SubscribeAlertsRequest, actor: ActorRef, isPlace: IsPlace): SubscribeAlertsCommand {
  return { actor, filter: filterFrom(filter, isPlace), start: cursor.length > 0 ? { kind: 'cursor', cursor } : startFrom(from) };
}

function startFrom(from: SubscribeAlertsFrom): SubscribeAlertsCommand['start'] {
  switch (from) {
    case SubscribeAlertsFrom.SUBSCRIBE_ALERTS_FROM_UNSPECIFIED:
    case SubscribeAlertsFrom.SUBSCRIBE_ALERTS_FROM_NOW:
      return { kind: 'now' };
    case SubscribeAlertsFrom.SUBSCRIBE_ALERTS_FROM_BEGINNING:
      return { kind: 'beginning' };
    case SubscribeAlertsFrom.UNRECOGNIZED:
    default:
      throw new CorridorError('UNKNOWN_ENUM_VALUE', 'from must be NOW or BEGINNING', { field: 'from' });
  }
}

export const listCommand = ({ filter, states, unacknowledged }: ListAlertsRequest, isPlace: IsPlace): Pick<ListAlertsCommand, 'filter' | 'states' | 'unacknowledged'> => ({
  filter: filterFrom(filter, isPlace),
  states: states.length === 0 ? USUAL_STATES : words.alertState.allFrom(states, 'states'),
  unacknowledged,
});

export const backtestFrom = ({ expectedVersion, start, end, events, toleranceSeconds }: BacktestRuleRequest): BacktestRequest => ({
  expectedVersion: expectedVersionFrom(expectedVersion),
  ...(start === undefined ? {} : { start: timestampFrom(start, 'start') }),
  ...(end === undefined ? {} : { end: timestampFrom(end, 'end') }),
  // The length of an event is what its moments say.
  events: events.map((event, i) => ({ start: timestampFrom(event.start, `events[${i}].start`), end: timestampFrom(event.end, `events[${i}].end`) })),
  toleranceSeconds,
});

export function draftFrom(request: DraftAlertRequest): Draft {
  const acknowledgement = acknowledgementFrom(request.acknowledgement, 'acknowledgement');
  const id = uuid(request.alertId, 'alert_id');
  if (id[14] !== '7') refuse('alert_id', 'must be a UUID of version 7');
  return {
    id,
    hazard: request.hazard,
    area: request.area,
    category: wire.category.from(request.category, 'category'),
    handling: handlingFrom(request.handling),
    status: statusFrom(request.status, 'status'),
    note: request.note,
    infos: request.infos.map((info, i) => infoFrom(info, `infos[${i}]`)),
    ...(acknowledgement === undefined ? {} : { acknowledgement }),
  };
}
