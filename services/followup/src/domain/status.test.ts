import { agencyId } from '@corridor/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUTHORITY, DAY, handling, id, RELIEF, SECRETARIAT, START } from '../world.testing.ts';
import { wants } from './filter.ts';
import { milestoneTimeliness } from './plan.ts';
import type { Addressee, Recommendation } from './recommendation.ts';
import { StatusTally } from './status.ts';
import { IMPLEMENTATIONS, POSITIONS } from './vocabulary.ts';

const addressee = (change: Partial<Addressee> = {}): Addressee => ({
  agency: agencyId(AUTHORITY),
  positionText: '',
  implementation: 'not-started',
  reports: [],
  obstacles: [],
  ...change,
});
const obstacle = { id: id(9), text: 'x', owner: agencyId(RELIEF), remedy: '', reportedBy: { agency: agencyId(RELIEF), actor: agencyId('staff-1') as never }, openedAt: START };
const recommendation = (change: Partial<Recommendation> = {}): Recommendation => ({
  id: id(1),
  version: 1,
  meeting: 'forum',
  secretariat: agencyId(SECRETARIAT),
  reference: '',
  text: 'x',
  themes: ['reception'],
  recommender: '',
  area: 'ITA',
  handling: handling(),
  addressees: [addressee()],
  adoptedAt: START,
  updatedAt: START,
  ...change,
});
const tallied = (...recommendations: readonly Recommendation[]): StatusTally => {
  const tally = new StatusTally(START);
  for (const one of recommendations) tally.add(one);
  return tally;
};

describe('the status', () => {
  it('counts each addressee at its place, in the order of the axes, what is not said first', () => {
    const tally = tallied(
      recommendation({ addressees: [addressee({ position: 'accepted' }), addressee({ agency: agencyId(RELIEF) })] }),
      recommendation({ dueAt: START - DAY, addressees: [addressee({ position: 'accepted', implementation: 'in-progress', verification: 'disputed' })] }),
      recommendation({ addressees: [addressee({ position: 'accepted' })] }),
    );
    expect(tally.counts()).toEqual([
      { implementation: 'not-started', count: 1 },
      { position: 'accepted', implementation: 'not-started', count: 2 },
      { position: 'accepted', implementation: 'in-progress', verification: 'disputed', timeliness: 'overdue', count: 1 },
    ]);
    expect(tally.recommendations).toBe(3);
  });

  it('counts no duplicates, and what is blocked once', () => {
    const tally = tallied(recommendation({ duplicateOf: id(2) }), recommendation({ addressees: [addressee({ obstacles: [obstacle] }), addressee({ agency: agencyId(RELIEF), obstacles: [obstacle] })] }));
    expect([tally.recommendations, tally.blocked]).toEqual([1, 1]);
  });

  it('adds up to all pairs of a recommendation and an addressee', () => {
    const any = fc.array(fc.record({ position: fc.option(fc.constantFrom(...POSITIONS), { nil: undefined }), implementation: fc.constantFrom(...IMPLEMENTATIONS), pairs: fc.integer({ min: 1, max: 3 }) }));
    fc.assert(
      fc.property(any, (rows) => {
        const tally = tallied(
          ...rows.map(({ position, implementation, pairs }) =>
            recommendation({ addressees: Array.from({ length: pairs }, () => addressee({ implementation, ...(position === undefined ? {} : { position }) })) }),
          ),
        );
        const total = tally.counts().reduce((sum, { count }) => sum + count, 0);
        return total === rows.reduce((sum, { pairs }) => sum + pairs, 0) && tally.recommendations === rows.length;
      }),
    );
  });
});

describe('a filter', () => {
  const every = { addressees: [], themes: [], implementations: [], overdue: false, blocked: false } as const;
  const subject = recommendation({
    dueAt: START,
    addressees: [addressee({ implementation: 'implemented' }), addressee({ agency: agencyId(RELIEF), obstacles: [obstacle] })],
  });
  it.each([
    ['everything', {}, true],
    ['its meeting', { meeting: 'forum' }, true],
    ['another meeting', { meeting: 'other' }, false],
    ['one of its themes', { themes: ['data', 'reception'] }, true],
    ['other themes', { themes: ['data'] }, false],
    ['one of its addressees', { addressees: [agencyId(RELIEF)] }, true],
    ['another agency', { addressees: [agencyId(SECRETARIAT)] }, false],
    ['what is overdue, for it is at one addressee', { overdue: true }, true],
    ['what is overdue at the addressee that is done', { overdue: true, addressees: [agencyId(AUTHORITY)] }, false],
    ['what is blocked', { blocked: true }, true],
    ['what is blocked and implemented, which no addressee is', { blocked: true, implementations: ['implemented'] }, false],
  ] as const)('for %s', (_, change, expected) => {
    expect(wants({ ...every, ...change }, subject, START)).toBe(expected);
  });
});

describe('a milestone', () => {
  const milestone = { id: 'm1', text: 'x', dueAt: START };
  it('is in time when it was reached before it was due, or is not due yet', () => {
    expect([
      milestoneTimeliness(milestone, START - 1),
      milestoneTimeliness(milestone, START),
      milestoneTimeliness({ ...milestone, reachedAt: START - 1 }, START + DAY),
      milestoneTimeliness({ ...milestone, reachedAt: START + 1 }, START + DAY),
      milestoneTimeliness({ ...milestone, reachedAt: START + 2 }, START + 1),
    ]).toEqual(['on-time', 'overdue', 'on-time', 'overdue', 'overdue']);
  });
});
