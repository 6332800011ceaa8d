import { type AgencyId, agencyId } from '@corridor/kernel';
import type { TopicSpec } from './event-log.ts';

const PREFIX = 'corridor.out.';
const PARTITIONS = 4;
const RETENTION_MS = 7 * 86_400_000;

/** The name of an agency's own topic. */
export const partnerTopicName = (agency: AgencyId): string => `${PREFIX}${agency}`;

/** Whether a topic is some agency's own. */
export const isPartnerTopic = (topic: string): boolean => topic.startsWith(PREFIX);

/** Whose topic it is. @throws CorridorError INVALID_ID when it is no agency's. */
export const partnerOf = (topic: string): AgencyId => agencyId(topic.slice(PREFIX.length), 'topic');

/** The topic of an agency: the same partitions and retention for all of them. */
export const partnerTopicSpec = (agency: AgencyId): TopicSpec => ({
  name: partnerTopicName(agency),
  partitions: PARTITIONS,
  retention: RETENTION_MS,
});

/**
 * The topics of the log that belong to one agency each, `corridor.out.{agency}`: they come and go while the log is open,
 * and nobody but their agency reads them. They are no part of what the log was opened with (`EventLog.topics`).
 *
 * - After `provision` resolved, every operation of the log MUST work on the topic: 4 partitions, records kept for 7 days.
 *   Where the log has an outside, the agency and nobody else MUST be able to read it there. It MUST survive reopening.
 * - `provision` of a topic that is there MUST change nothing.
 * - Once `withdraw` was called, appending to the topic and reading it MUST reject with NOT_FOUND, and readers that run
 *   MUST end so. When it resolves, its records and the positions of its groups MUST be gone: provisioned again, the topic
 *   begins anew. When it rejects, some of it MAY be there still, and it MUST be possible to call it again.
 * - `withdraw` of a topic that is not there MUST resolve.
 * - `provisioned` MUST resolve once the topic of the agency is there, whoever provisioned it, and reject with the reason
 *   of its signal when that aborts first.
 * - `agencies` MUST name exactly those whose topic is there, in the order of their ids.
 * - After `close` of the log every operation MUST reject with UNAVAILABLE.
 */
export interface PartnerTopics {
  provision(agency: AgencyId): Promise<void>;
  withdraw(agency: AgencyId): Promise<void>;
  provisioned(agency: AgencyId, signal: AbortSignal): Promise<void>;
  agencies(): Promise<readonly AgencyId[]>;
}
