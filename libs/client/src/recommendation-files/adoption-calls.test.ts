import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NewRecommendation } from '@corridor/contracts/followup/v1/followup';
import { adoptionCalls, type AdoptionCall } from './adoption-calls.ts';
import type { FiledRecommendation } from './filed.ts';

const filed = (line: number, meeting: string, repeats?: number): FiledRecommendation => ({
  line,
  meeting: `meetings/${meeting}`,
  recommendation: NewRecommendation.fromPartial({ recommendationId: `r${line}`, duplicateOf: repeats === undefined ? '' : `recommendations/r${repeats}` }),
});
const lines = (calls: readonly AdoptionCall[]): readonly (readonly number[])[] => calls.map(({ items }) => items.map(({ line }) => line));

describe('the calls that enter a file', () => {
  it('are one for each meeting and 500 recommendations, in the order of the lines', () => {
    const many = Array.from({ length: 1001 }, (_, i) => filed(i, 'forum'));
    expect(lines(adoptionCalls([...many, filed(2000, 'other')])).map((call) => [call.length, call[0]])).toEqual([[500, 0], [500, 500], [1, 1000], [1, 2000]]);
  });

  it('keep the order of the lines where repeats stand in the same call, before or after what they repeat', () => {
    const [call] = adoptionCalls([filed(2, 'forum', 3), filed(3, 'forum'), filed(4, 'forum', 3)]);
    expect([call?.items.map(({ line }) => line), call?.elsewhere.size]).toEqual([[2, 3, 4], 0]);
  });

  it('enter what is repeated in another meeting first', () => {
    const calls = adoptionCalls([filed(2, 'first', 4), filed(3, 'first'), filed(4, 'second', 3)]);
    expect(lines(calls)).toEqual([[3], [4], [2]]);
    expect(calls.map(({ elsewhere }) => [...elsewhere])).toEqual([[], ['r4'], ['r2']]);
  });

  it('hold every recommendation once, none before what it repeats, whatever repeats what', () => {
    const rows = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat({ max: 40 })), { minLength: 1, maxLength: 40 }).map((drawn) =>
      // Each repeats an earlier or a later line, never in a circle: parents are smaller in a shuffled order.
      drawn.map(([meeting, parent], i) => filed(i, meeting, parent < i ? parent : undefined)).toReversed(),
    );
    fc.assert(
      fc.property(rows, (all) => {
        const calls = adoptionCalls(all);
        const callOf = new Map<string, number>(calls.flatMap(({ items }, call) => items.map(({ recommendation }) => [`recommendations/${recommendation.recommendationId}`, call] as const)));
        expect(callOf.size).toBe(all.length);
        for (const [call, { meeting, items, elsewhere }] of calls.entries()) {
          for (const item of items) {
            expect(item.meeting).toBe(meeting);
            const repeated = callOf.get(item.recommendation.duplicateOf) ?? call;
            expect(repeated).toBeLessThanOrEqual(call);
            expect(elsewhere.has(item.recommendation.recommendationId)).toBe(repeated < call);
          }
        }
      }),
    );
  });
});
