import type { FiledRecommendation } from './filed.ts';

/** Recommendations of one meeting that travel together. */
export interface AdoptionCall {
  readonly meeting: string;
  readonly items: readonly FiledRecommendation[];
  /** Those of `items`, by id, that repeat one of another call of the same file. */
  readonly elsewhere: ReadonlySet<string>;
}

/** Recommendations of one call, at most (contract). */
const MOST = 500;

/**
 * Calls that enter a file: by meeting, in the order of the lines. Where a recommendation repeats one that travels in
 * another call, what is repeated goes first.
 */
export function adoptionCalls(filed: readonly FiledRecommendation[]): readonly AdoptionCall[] {
  const inOrder = batches(filed);
  const calls = elsewhere(inOrder).size === 0 ? inOrder : byDepth(filed).flatMap(batches);
  const apart = elsewhere(calls);
  return calls.map((items) => ({
    meeting: items[0]?.meeting ?? '',
    items,
    elsewhere: new Set(items.map(idOf).filter((id) => apart.has(id))),
  }));
}

const idOf = ({ recommendation }: FiledRecommendation): string => recommendation.recommendationId;
const repeatedId = ({ recommendation }: FiledRecommendation): string => recommendation.duplicateOf.slice('recommendations/'.length);

function batches(filed: readonly FiledRecommendation[]): readonly (readonly FiledRecommendation[])[] {
  return [...Map.groupBy(filed, ({ meeting }) => meeting).values()].flatMap((items) =>
    Array.from({ length: Math.ceil(items.length / MOST) }, (_, i) => items.slice(i * MOST, (i + 1) * MOST)),
  );
}

/** Ids of those that repeat one of another call. */
function elsewhere(calls: readonly (readonly FiledRecommendation[])[]): ReadonlySet<string> {
  const callOf = new Map(calls.flatMap((items, call) => items.map((item) => [idOf(item), call] as const)));
  const apart = (item: FiledRecommendation, call: number): boolean => (callOf.get(repeatedId(item)) ?? call) !== call;
  return new Set(calls.flatMap((items, call) => items.filter((item) => apart(item, call)).map(idOf)));
}

/** First what repeats nothing of the file, then what repeats those, and so on. There are no circles. */
function byDepth(filed: readonly FiledRecommendation[]): readonly (readonly FiledRecommendation[])[] {
  const byId = new Map(filed.map((one) => [idOf(one), one]));
  const depth = (one: FiledRecommendation): number => {
    let steps = 0;
    for (let at = byId.get(repeatedId(one)); at !== undefined; at = byId.get(repeatedId(at))) steps += 1;
    return steps;
  };
  return [...Map.groupBy(filed, depth).entries()].toSorted(([a], [b]) => a - b).map(([, items]) => items);
}
