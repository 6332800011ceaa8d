import type { TopicSpec } from '@corridor/eventlog';
import { CONSENTS_TOPIC, REGISTRY_TOPIC } from './policy/policy-record.ts';

const DAY = 24 * 60 * 60 * 1000;

/** Every topic of a node: partitions are the same in all editions, so that order and positions mean the same. */
export const TOPICS = {
  /** Agencies, actors, agreements, groups; key: resource name. */
  registry: { name: REGISTRY_TOPIC, partitions: 1, retention: 'forever' },
  /** Consents, destroyed keys and other policy state of the hub; key: resource name. */
  consents: { name: CONSENTS_TOPIC, partitions: 1, retention: 'forever' },
  /** Updates, sealed; key: owner/series. Older ones are in the archive. */
  updates: { name: 'corridor.updates.v1', partitions: 8, retention: 35 * DAY },
  /** Decisions, windows, reads, previews, refusals; key: recipient. */
  record: { name: 'corridor.record.v1', partitions: 8, retention: 'forever' },
  /** Alerts and rules; what alerts say is sealed; key: resource name. */
  alerts: { name: 'corridor.alerts.v1', partitions: 8, retention: 'forever' },
  /** Meetings, recommendations, plans, contributions, sealed; key: resource name. */
  followup: { name: 'corridor.followup.v1', partitions: 8, retention: 'forever' },
} as const satisfies Readonly<Record<string, TopicSpec>>;
