import type { TopicSpec } from '@corridor/eventlog';
import { CONSENTS_TOPIC, REGISTRY_TOPIC } from './policy/policy-record.ts';

export const UPDATES_TOPIC = 'corridor.updates.v1';
export const RECORD_TOPIC = 'corridor.record.v1';

const DAY = 24 * 60 * 60 * 1000;

/** Every topic of a node: partitions are the same in all editions, so that order and positions mean the same. */
export const TOPICS: readonly TopicSpec[] = [
  { name: REGISTRY_TOPIC, partitions: 1, retention: 'forever' },
  { name: CONSENTS_TOPIC, partitions: 1, retention: 'forever' },
  { name: UPDATES_TOPIC, partitions: 8, retention: 35 * DAY },
  { name: RECORD_TOPIC, partitions: 8, retention: 'forever' },
];
