import type { RecordBook } from '@corridor/entitlement';
import type { AgencyId, SeriesId } from '@corridor/kernel';
import type { ActorRef, PolicyRevision, Purpose } from '@corridor/policy';
import type { UpdateFilter } from '../domain/filter.ts';
import type { PartnerTopic } from '../domain/partner-topic.ts';

export interface PreviewEntry {
  readonly actor: ActorRef;
  readonly owner: AgencyId;
  readonly series: SeriesId;
  readonly revision: PolicyRevision;
}

export interface AcknowledgeEntry {
  readonly recipient: AgencyId;
  readonly purpose: Purpose;
  readonly filter: UpdateFilter;
  /** Per partition, exclusive. */
  readonly before: readonly number[];
}

/** What an agency wants of its own topic. */
export interface PartnerTopicEntry {
  readonly actor: ActorRef;
  readonly topic: Pick<PartnerTopic, 'state' | 'purpose' | 'filter'>;
}

/** corridor.record.v1 as the hub writes it. Each entry MUST be durable when its promise resolves. */
export interface HubRecordBook extends RecordBook {
  preview(entry: PreviewEntry): Promise<void>;
  acknowledge(entry: AcknowledgeEntry): Promise<void>;
  partnerTopic(entry: PartnerTopicEntry): Promise<void>;
  /** An agency wants a new credential to its own topic. */
  partnerTopicCredential(actor: ActorRef): Promise<void>;
}
