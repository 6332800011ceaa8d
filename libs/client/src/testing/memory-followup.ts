import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { CorridorError } from '@corridor/kernel';
import {
  NewRecommendation,
  type AdoptRecommendationsRequest,
  type AdoptRecommendationsResponse,
  type GetMeetingRequest,
  type ListContributionsResponse,
  type ListRecommendationsRequest,
  type ListRecommendationsResponse,
  type RecordContributionsRequest,
  type RecordContributionsResponse,
} from '@corridor/contracts/followup/v1/followup';
import { Meeting, Recommendation, type Contribution } from '@corridor/contracts/followup/v1/resources';
import { answering } from './answers.ts';

/** A follow-up service of a stub node that remembers what it was given, and checks what `refuse` says. */
export interface MemoryFollowup {
  readonly service: UntypedServiceImplementation;
  readonly recommendations: Map<string, Recommendation>;
  readonly contributions: ReadonlyMap<string, Contribution>;
  /** Every call that was not a mere check, by the number of its items. */
  readonly calls: readonly number[];
}

/** @param refuse why an item is refused; undefined: it is not. */
export function memoryFollowup(meetings: readonly string[], refuse: (item: NewRecommendation | Contribution) => string | undefined = () => undefined): MemoryFollowup {
  const recommendations = new Map<string, Recommendation>();
  const contributions = new Map<string, Contribution>();
  const first = new Map<string, string>();
  const contentOf = (item: NewRecommendation): string => JSON.stringify(NewRecommendation.toJSON(item));
  const calls: number[] = [];
  const check = (items: readonly (NewRecommendation | Contribution)[]): void => {
    for (const [index, item] of items.entries()) {
      const why = refuse(item);
      if (why !== undefined) throw new CorridorError('INVALID_ARGUMENT', `items[${index}].area ${why}`, { field: `items[${index}].area` });
    }
  };
  const adopt = ({ meeting, recommendations: items, validateOnly }: AdoptRecommendationsRequest): AdoptRecommendationsResponse => {
    check(items);
    const ids = new Set([...recommendations.keys(), ...items.map(({ recommendationId }) => `recommendations/${recommendationId}`)]);
    const loose = items.findIndex(({ duplicateOf }) => duplicateOf !== '' && !ids.has(duplicateOf));
    if (loose !== -1) throw new CorridorError('NOT_FOUND', 'what it repeats is not there', { index: String(loose) });
    for (const [i, one] of items.entries()) {
      const before = first.get(one.recommendationId);
      if (before !== undefined && before !== contentOf(one)) {
        throw new CorridorError('ALREADY_EXISTS', `recommendations[${i}] has the id of other content`, { field: `recommendations[${i}].recommendation_id` });
      }
    }
    if (validateOnly) return { recommendations: [] };
    calls.push(items.length);
    for (const item of items) {
      const { recommendationId, addressees, ...rest } = item;
      const name = `recommendations/${recommendationId}`;
      if (first.has(recommendationId)) continue;
      first.set(recommendationId, contentOf(item));
      const answered = addressees.map((agency) => ({ agency, position: item.position, positionText: '', implementation: 1, verification: 0, timeliness: 0, reports: [], obstacles: [] }) as const);
      recommendations.set(name, { ...Recommendation.fromPartial({ name, meeting, version: 1n, adoptTime: new Date(0) }), ...rest, name, addressees: answered });
    }
    return { recommendations: [] };
  };
  const record = ({ contributions: items, validateOnly }: RecordContributionsRequest): RecordContributionsResponse => {
    check(items);
    const counts = { created: 0, updated: 0, repeatedReports: 0 };
    if (validateOnly) return counts;
    calls.push(items.length);
    for (const item of items) {
      const name = `contributions/${item.source}.${item.flowId}`;
      counts[contributions.has(name) ? 'repeatedReports' : 'created'] += 1;
      contributions.set(name, { ...item, name, owner: 'agencies/beta', reports: 1 });
    }
    return counts;
  };
  const list = ({ filter }: ListRecommendationsRequest): ListRecommendationsResponse => ({
    recommendations: [...recommendations.values()].filter(({ meeting }) => filter === undefined || filter.meeting === '' || filter.meeting === meeting),
    nextPageToken: '',
  });
  return {
    recommendations,
    contributions,
    calls,
    service: {
      getMeeting: answering(({ name }: GetMeetingRequest) => {
        if (!meetings.includes(name)) throw new CorridorError('NOT_FOUND', 'no meeting of this name');
        return { meeting: Meeting.fromPartial({ name, meetingTime: new Date('2009-02-02') }) };
      }),
      adoptRecommendations: answering(adopt),
      listRecommendations: answering(list),
      recordContributions: answering(record),
      listContributions: answering((): ListContributionsResponse => ({ contributions: [...contributions.values()], nextPageToken: '' })),
    },
  };
}
