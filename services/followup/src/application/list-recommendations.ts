import { prefix, type PagePosition } from '@corridor/documents';
import type { ActorRef } from '@corridor/policy';
import type { Listed } from '@corridor/runtime';
import { wants, type RecommendationFilter } from '../domain/filter.ts';
import type { Recommendation } from '../domain/recommendation.ts';
import type { Followup } from './followup.ts';
import { readPage, type Walk } from './read.ts';
import { shownRecommendations } from './shown.ts';

/** The walk through what a filter may want, in the order of adoption. */
export const walkOf = (filter: RecommendationFilter, moment: number): Walk<Recommendation> => ({
  index: filter.meeting === undefined ? 'adopted' : 'meeting',
  range: filter.meeting === undefined ? { from: '' } : prefix(`${filter.meeting}/`),
  wants: (recommendation) => wants(filter, recommendation, moment),
});

/** One page of the recommendations that the reader may see and wants, as they stood at a moment. */
export const listRecommendations = (
  followup: Followup,
  reader: ActorRef,
  filter: RecommendationFilter,
  moment: number,
  after: PagePosition | undefined,
  size: number,
): Promise<Listed<Recommendation>> => readPage(followup, shownRecommendations(followup), walkOf(filter, moment), reader, moment, after, size);
