import { describe, expect, it } from 'vitest';
import type { PolicyEvent } from './facts.ts';
import { agency, agreement, consent, facts, focalPoint, group, OWNER, RECIPIENT, GROUP, actor } from './scene.testing.ts';
import { emptyPolicyState, evolve, evolveAll, isBound, membersOf } from './state.ts';

describe('the folded policy state', () => {
  it('holds each fact as the newest event left it', () => {
    const state = evolve(evolveAll(emptyPolicyState, facts), agency({ version: 2, state: 'suspended' }));
    expect(state.agencies.get(RECIPIENT)).toMatchObject({ version: 2, state: 'suspended' });
    expect([state.agencies.size, state.actors.size, state.groups.size, state.agreements.size, state.consents.size]).toEqual([2, 2, 1, 1, 1]);
  });

  it('makes a new state and leaves the old one as it was', () => {
    const before = evolveAll(emptyPolicyState, facts);
    const after = evolve(before, consent({ version: 2, revoked: true }));
    expect(after).not.toBe(before);
    expect(before.consents.get('harbour-aid/k1')?.revoked).toBe(false);
    expect(after.consents.get('harbour-aid/k1')?.revoked).toBe(true);
    expect(after.agreements).toBe(before.agreements);
    expect(emptyPolicyState.agencies.size).toBe(0);
  });

  it.each<[string, PolicyEvent, PolicyEvent]>([
    ['agency', agency({ version: 3, state: 'withdrawn' }), agency({ version: 2 })],
    ['actor', actor({ version: 3, retired: true }), actor({ version: 2 })],
    ['focal point', focalPoint({ version: 3, deputies: [] }), focalPoint({ version: 2 })],
    ['group', group({ version: 3, members: [OWNER] }), group({ version: 2 })],
    ['agreement', agreement({ version: 3, state: 'terminated' }), agreement({ version: 2 })],
    ['consent', consent({ version: 3, revoked: true }), consent({ version: 2 })],
  ])('an older version of an %s never grants what a newer one took away', (_, newer, older) => {
    const state = evolve(evolveAll(emptyPolicyState, facts), newer);
    expect(evolve(state, older)).toBe(state);
    expect(evolve(state, newer)).toBe(state);
  });

  it('is the same whether events are folded one by one or together', () => {
    const events = [...facts, agency({ version: 2, state: 'suspended' }), agency({ version: 1 }), group({ version: 2, closed: true })];
    expect(evolveAll(emptyPolicyState, events)).toEqual(events.reduce(evolve, emptyPolicyState));
  });
});

describe('the membership of a group', () => {
  const state = evolveAll(emptyPolicyState, facts);

  it('is that of its present epoch; an empty, closed or unknown group is nobody', () => {
    expect(membersOf(state, GROUP)).toEqual([OWNER, RECIPIENT]);
    expect(membersOf(evolve(state, group({ version: 2, members: [] })), GROUP)).toEqual([]);
    expect(membersOf(evolve(state, group({ version: 2, closed: true })), GROUP)).toEqual([]);
    expect(membersOf(state, 'no-such-group')).toEqual([]);
  });

  it('binds to an agreement of the group beside its parties', () => {
    const terms = { id: 'g', version: 1, parties: [OWNER], clauses: [], effectiveFrom: 0, expiresAt: 1, state: 'in-force' } as const;
    expect(isBound(state, terms, RECIPIENT)).toBe(false);
    expect(isBound(state, { ...terms, group: GROUP }, RECIPIENT)).toBe(true);
    expect(isBound(evolve(state, group({ version: 2, members: [OWNER] })), { ...terms, group: GROUP }, RECIPIENT)).toBe(false);
  });
});
