import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newUuid } from '@corridor/kernel';
import { Addressee, Obstacle, Recommendation, type Position } from '@corridor/contracts/followup/v1/resources';
import type { Problem } from '../csv/problems.ts';
import { bytes } from '../testing/files.ts';
import { awkwardTexts, handlings, moments, slugs } from '../testing/arbitraries.ts';
import { adopted, readRecommendations, recommendationLines } from './own-layout.ts';

const recommendation = fc
  .record({
    name: moments.map((date) => `recommendations/${newUuid(date.getTime())}`),
    meeting: slugs.map((id) => `meetings/${id}`),
    reference: awkwardTexts(0, 30),
    text: awkwardTexts(1, 60),
    themes: fc.uniqueArray(fc.constantFrom(1, 3, 17), { minLength: 1 }),
    recommender: awkwardTexts(0, 20),
    area: fc.constantFrom('JOR', 'central-mediterranean-route'),
    handling: fc.option(handlings, { nil: undefined }),
    dueTime: fc.option(moments, { nil: undefined }),
    addressees: fc.array(
      fc.record({ agency: slugs.map((id) => `agencies/${id}`), position: fc.constantFrom(0, 1, 2, 3), implementation: fc.constantFrom(1, 2) }).map((one) => Addressee.fromPartial(one as object)),
      { minLength: 1, maxLength: 3 },
    ),
    duplicateOf: fc.constantFrom('', `recommendations/${newUuid()}`),
    adoptTime: moments,
  })
  .map((one) => Recommendation.fromPartial(one as object));

describe("a file in Corridor's own layout", () => {
  it('is read as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(recommendation, { minLength: 1, selector: ({ name }) => name }), async (recommendations) => {
        const result = await readRecommendations(bytes([...recommendationLines(recommendations)].join('')));
        if ('problems' in result) throw new Error(JSON.stringify(result.problems));
        expect(result.filed.map(({ recommendation: one }) => one)).toEqual(recommendations.map(adopted));
        expect(result.filed.map(({ meeting }) => meeting)).toEqual(recommendations.map(({ meeting }) => meeting));
      }),
    );
  });

  it('shows people what has become of each recommendation, and no spreadsheet a formula', () => {
    const one = {
      ...Recommendation.fromPartial({ name: 'recommendations/011f346d-8400-83a3-89de-ef1ad1ddd0ab', meeting: 'meetings/forum', text: '=cmd|calc' }),
      addressees: [
        { ...Addressee.fromPartial({ agency: 'agencies/alpha', position: 1, implementation: 2, verification: 1, timeliness: 2 }), obstacles: [Obstacle.fromPartial({ obstacleId: 'o' })] },
        { ...Addressee.fromPartial({ agency: 'agencies/beta', implementation: 1 }), obstacles: [Obstacle.fromPartial({ obstacleId: 'p', resolveTime: new Date(0) })] },
      ],
    };
    const [, line] = [...recommendationLines([one])];
    expect(line).toContain(`"'=cmd|calc"`);
    expect(line).toContain('"alpha: accepted, in-progress, self-reported, overdue, blocked; beta: -, not-started, -, -"');
  });

  it('states a position where all addressees have the same, and else none', () => {
    const standingAt = (...positions: readonly Position[]): Recommendation => ({
      ...Recommendation.fromPartial({ name: `recommendations/${newUuid()}` }),
      addressees: positions.map((position) => ({ ...Addressee.fromPartial({ agency: 'agencies/alpha' }), position })),
    });
    expect([standingAt(2, 2), standingAt(1, 2), standingAt(1, 0), standingAt(0, 1)].map((one) => adopted(one).position)).toEqual([2, 0, 0, 0]);
  });

  const header = 'meeting,recommendation_id,reference,text,themes,recommender,area,due_time,addressees,position,duplicate_of,tlp,purposes,legal_basis,personal_data_level,retention_days,onward_sharing,precision_limit,named_actors,community_groups,publicity_attested_by';
  const id = '011f346d-8400-83a3-89de-ef1ad1ddd0ab';
  const other = '011f346d-8400-83a3-89de-ef1ad1ddd0ac';
  const row = (changed: Readonly<Record<string, string>> = {}): string => {
    const cells: Readonly<Record<string, string>> = { meeting: 'forum', text: 'Do it', themes: 'reception', area: 'JOR', addressees: 'alpha beta', ...changed };
    return header.split(',').map((column) => cells[column] ?? '').join(',');
  };

  it('written by hand may leave out ids, handling and what has become of it', async () => {
    expect(await readRecommendations(bytes(`${header}\n${row()}\n`))).toMatchObject({
      filed: [{ line: 2, meeting: 'meetings/forum', recommendation: { recommendationId: '', handling: undefined, addressees: ['agencies/alpha', 'agencies/beta'] } }],
    });
  });

  it.each<[string, readonly string[], readonly [number, RegExp][]]>([
    ['nobody it is addressed to', [row({ addressees: '' })], [[2, /addressees is empty/]]],
    ['an unknown theme', [row({ themes: 'reception gossip' })], [[2, /themes "gossip" is none of/]]],
    ['no theme', [row({ themes: '' })], [[2, /themes is empty/]]],
    ['an unknown position', [row({ position: 'maybe' })], [[2, /position "maybe"/]]],
    ['a date that no calendar has', [row({ due_time: '2027-02-30' })], [[2, /due_time "2027-02-30" is no date/]]],
    ['an id that is none', [row({ recommendation_id: 'x' })], [[2, /recommendation_id "x"/]]],
    ['a part of a handling', [row({ tlp: 'amber' })], [[2, /retention_days.*purposes is empty.*legal_basis/]]],
    ['a retention of no days', [row({ tlp: 'amber', purposes: 'planning', legal_basis: 'consent', personal_data_level: 'none', retention_days: '0', onward_sharing: 'allowed', precision_limit: 'point' })], [[2, /^retention_days "0" is not a number of days from 1 to 3660$/]]],
    ['a text that is too long', [row({ text: 'x'.repeat(8001) })], [[2, /text.*8001 characters/]]],
    ['an id that stands twice', [row({ recommendation_id: id }), row({ recommendation_id: id, text: 'Do that' })], [[3, /has the id of line 2/]]],
    ['what repeats itself', [row({ recommendation_id: id, duplicate_of: id })], [[2, /repeats itself/]]],
    ['repeats in a circle', [row({ recommendation_id: id, duplicate_of: other }), row({ recommendation_id: other, duplicate_of: id })], [[2, /repeats itself/], [3, /repeats itself/]]],
  ])('is refused with its line numbers for %s', async (_, rows, expected) => {
    const result = await readRecommendations(bytes([header, ...rows].join('\n')));
    const problems: readonly Problem[] = 'problems' in result ? result.problems : [];
    expect(problems.map(({ line }) => line)).toEqual(expected.map(([line]) => line));
    expected.forEach(([, reason], i) => expect(problems[i]?.reason).toMatch(reason));
  });
});
