import { PartnerTopicState, type PartnerTopic as PartnerTopicMessage } from '@corridor/contracts/hub/v1/hub';
import { storedJson, type CollectionSpec, type Versioned } from '@corridor/documents';
import { partnerTopicName } from '@corridor/eventlog';
import { partnerTopicResource, translation, wire } from '@corridor/runtime';
import type { PartnerTopic } from '../domain/partner-topic.ts';
import { filterTo } from './requests.ts';

export const partnerTopicState = translation(PartnerTopicState, ['open', 'closing', 'closed'] as const, {
  open: PartnerTopicState.PARTNER_TOPIC_STATE_OPEN,
  closing: PartnerTopicState.PARTNER_TOPIC_STATE_CLOSING,
  closed: PartnerTopicState.PARTNER_TOPIC_STATE_CLOSED,
});

/** The message of an agency's own topic. */
export const partnerTopicTo = ({ doc, version }: Versioned<PartnerTopic>): PartnerTopicMessage => ({
  name: partnerTopicResource(doc.agency),
  version: BigInt(version),
  topic: partnerTopicName(doc.agency),
  purpose: wire.purpose.to(doc.purpose),
  filter: filterTo(doc.filter),
  state: partnerTopicState.to(doc.state),
  openTime: new Date(doc.openedAt),
});

/** How the topics of agencies are kept, and those found that something is to be done for. */
export const storedPartnerTopics: CollectionSpec<PartnerTopic> = {
  name: 'hub-partner-topics',
  ...storedJson<PartnerTopic>(),
  indexes: { attended: ({ state, agency }) => (state === 'closed' ? [] : [agency]) },
};
