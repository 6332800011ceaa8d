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

/** How a client proves who it is, as Kafka names it (RFC 5802, RFC 7677). */
export type PartnerMechanism = 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

/** What an agency's own client needs to read its topic from outside. Whoever has it reads the topic. */
export interface PartnerAccess {
  /** Where the client connects to, `host:port`. */
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly mechanism: PartnerMechanism;
  readonly username: string;
  readonly password: string;
  /** How the names of its consumer groups MUST begin. */
  readonly groupPrefix: string;
}

/**
 * The topics of the log that belong to one agency each, `corridor.out.{agency}`: they come and go while the log is open,
 * and nobody but their agency reads them. They are no part of what the log was opened with (`EventLog.topics`).
 *
 * - After `provision` resolved, every operation of the log MUST work on the topic: 4 partitions, records kept for 7 days.
 *   Where the log has an outside, the agency and nobody else MUST be able to read it there with a credential from
 *   `issueAccess`, and MUST be able to do nothing else. It MUST survive reopening.
 * - What is appended there was decided for the agency a moment before. Unless all that is appended to the log is stored one
 *   after the other, an append that was not stored within half a second MUST be rejected with UNAVAILABLE, and nothing of
 *   it MUST be handed to the log's servers later; what one of them was handed already MAY be stored by it.
 * - `provision` of a topic that is there MUST change nothing, but that it ends what `bar` did. It MUST NOT touch a credential.
 * - `issueAccess` MUST reject with NOT_FOUND when the topic is not there. Where the log has no outside it MUST resolve to
 *   undefined. Else it MUST resolve to a credential that nobody had before, and from then on the one before MUST open no
 *   connection any more; it MUST reject with STATE_FORBIDS while the agency is barred. The password MUST be kept nowhere
 *   but in a form from which it does not follow.
 * - When `bar` resolves, nothing more MUST be read from outside, not by a client that is connected either, and no credential
 *   issued before MUST ever work again. The topic, its records and everything inside MUST stay as they are. It MUST hold
 *   until `provision`, over reopening. `bar` of a topic that is not there, or barred already, MUST resolve.
 * - Once `withdraw` was called, appending to the topic and reading it MUST reject with NOT_FOUND, and readers that run
 *   MUST end so. When it resolves, its records and the positions of its groups, those from outside too, MUST be gone, and
 *   with them the agency's access: provisioned again, the topic begins anew. When it rejects, some of it MAY be there
 *   still, and it MUST be possible to call it again.
 * - `withdraw` of a topic that is not there MUST resolve.
 * - `provisioned` MUST resolve once the topic of the agency is there, whoever provisioned it, and reject with the reason
 *   of its signal when that aborts first.
 * - `agencies` MUST name exactly those whose topic is there, in the order of their ids.
 * - After `close` of the log every operation MUST reject with UNAVAILABLE.
 */
export interface PartnerTopics {
  provision(agency: AgencyId): Promise<void>;
  issueAccess(agency: AgencyId): Promise<PartnerAccess | undefined>;
  bar(agency: AgencyId): Promise<void>;
  withdraw(agency: AgencyId): Promise<void>;
  provisioned(agency: AgencyId, signal: AbortSignal): Promise<void>;
  agencies(): Promise<readonly AgencyId[]>;
}
