import { storedJson, type CollectionSpec } from '@corridor/documents';
import { nextDue } from '../domain/alert.ts';
import { trackKey, type SeriesRef, type Track } from '../domain/observation.ts';
import type { Rule } from '../domain/rule.ts';
import type { StoredAlert } from './early-warning.ts';

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');

/** Numbers of days before the epoch are negative; moved by this none is. */
const ABOVE_ZERO = 1_000_000;

/** A key of a time, milliseconds since the epoch. */
export const timeKey = (time: number): string => hex(Math.max(0, Math.min(time, 2 ** 47)), 12);

/** A key of a period. */
export const numberKey = (number: number): string => hex(number + ABOVE_ZERO, 8);

/** Where the keys begin of what reads a series. */
export const seriesKey = ({ owner, series }: SeriesRef): string => `${owner}/${series}/`;

/** The key of an alarm that an alert tells of. */
export const alarmKey = ({ id, edition }: Pick<Rule, 'id' | 'edition'>, track: Track, number: number): string =>
  `${id}@${edition}/${trackKey(track)}/${numberKey(number)}`;

export const RULES: CollectionSpec<Rule> = {
  name: 'alerts.rules',
  ...storedJson<Rule>(),
  indexes: {
    all: ({ id }) => [id],
    reads: (rule) => (rule.state === 'active' ? rule.observations.series.map((series) => `${seriesKey(series)}${rule.id}`) : []),
  },
};

export const ALERTS: CollectionSpec<StoredAlert> = {
  name: 'alerts.alerts',
  ...storedJson<StoredAlert>(),
  indexes: {
    time: (alert) => (alert.state === 'erased' ? [] : [timeKey(alert.raisedAt ?? alert.createdAt)]),
    due: (alert) => (alert.state === 'erased' ? [] : [timeKey(nextDue(alert))]),
    alarm: (alert) => {
      if (alert.state === 'erased' || alert.episode === undefined) return [];
      const { rule: id, edition, track, alarms } = alert.episode;
      return alarms.map(({ number }) => alarmKey({ id, edition }, track, number));
    },
  },
};
