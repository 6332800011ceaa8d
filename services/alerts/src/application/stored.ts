import { storedJson, type CollectionSpec } from '@corridor/documents';
import { uuid, type AgencyId } from '@corridor/kernel';
import { retentionMonth } from '@corridor/policy';
import type { SealedSpec } from '@corridor/runtime';
import { nextDue, seriesOf, type Alert } from '../domain/alert.ts';
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

/** Under which data key what an alert says is sealed, in its document and in the log. */
export const alertKeyId = (agency: AgencyId, alert: Alert): { readonly owner: AgencyId; readonly series: string; readonly month: string } => ({
  owner: agency,
  series: seriesOf(alert),
  month: retentionMonth(alert.keptUntil, 0),
});

const hasOverdue = (alert: StoredAlert): boolean => alert.state !== 'erased' && alert.duties.some(({ state }) => state === 'overdue');

/** Alerts of an agency. */
export const storedAlerts = (agency: AgencyId): SealedSpec<StoredAlert> => ({
  name: 'alerts.alerts',
  ...storedJson<StoredAlert>(),
  indexes: {
    time: (alert) => (alert.state === 'erased' ? [] : [timeKey(alert.raisedAt ?? alert.createdAt)]),
    /** Alerts with duties that are overdue. */
    overdue: (alert) => (hasOverdue(alert) ? [alert.id] : []),
    due: (alert) => (alert.state === 'erased' ? [] : [timeKey(nextDue(alert))]),
    alarm: (alert) => {
      if (alert.state === 'erased' || alert.episode === undefined) return [];
      const { rule: id, edition, track, alarms } = alert.episode;
      return alarms.map(({ number }) => alarmKey({ id, edition }, track, number));
    },
  },
  keyOf: (alert) => (alert.state === 'erased' ? undefined : alertKeyId(agency, alert)),
  gone: (id) => ({ state: 'erased', id: uuid(id) }),
});
