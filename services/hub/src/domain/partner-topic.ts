import { forbid, type ActorId, type AgencyId } from '@corridor/kernel';
import type { Purpose } from '@corridor/policy';
import { filterKey, type UpdateFilter } from './filter.ts';

/** What an agency wants in its own topic. */
export interface PartnerTopicTerms {
  readonly agency: AgencyId;
  readonly purpose: Purpose;
  readonly filter: UpdateFilter;
}

/** An agency's own topic: it has one at most. */
export interface PartnerTopic extends PartnerTopicTerms {
  readonly state: 'open' | 'closing' | 'closed';
  /** How often it was opened: after each opening it begins anew. */
  readonly opening: number;
  readonly openedBy: ActorId;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
}

/** The topic, opened; the same object when it is open on these terms. @throws STATE_FORBIDS */
export function openTopic(there: PartnerTopic | undefined, terms: PartnerTopicTerms, openedBy: ActorId, now: number): PartnerTopic {
  switch (there?.state) {
    case 'open':
      if (there.purpose === terms.purpose && filterKey(there.filter) === filterKey(terms.filter)) return there;
      return forbid('the topic is open with other terms: close it first');
    case 'closing':
      return forbid('the topic is being closed');
    case 'closed':
    case undefined:
      return { ...terms, state: 'open', opening: (there?.opening ?? 0) + 1, openedBy, openedAt: now };
  }
}

/** The topic, to be closed; the same object when it is or will be. */
export const closeTopic = (there: PartnerTopic): PartnerTopic => (there.state === 'open' ? { ...there, state: 'closing' } : there);
