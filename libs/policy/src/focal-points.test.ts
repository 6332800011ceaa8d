import { actorId } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import type { FocalPointFacts } from './facts.ts';
import { focalPointsFor, mayAnswer } from './focal-points.ts';
import { contains, focalPointFacts, NOW, OWNER, RECIPIENT } from './scene.testing.ts';
import { emptyPolicyState, evolveAll } from './state.ts';

const [holder, deputy, other] = [actorId('staff-1'), actorId('staff-2'), actorId('staff-3')];
const point = (change: Partial<FocalPointFacts> = {}): FocalPointFacts => focalPointFacts({ holder, deputies: [deputy], ...change });
const stateOf = (...points: readonly FocalPointFacts[]) => evolveAll(emptyPolicyState, points.map((fact) => ({ kind: 'focal-point', fact })));

describe('the focal points for a theme and area', () => {
  it.each<[string, FocalPointFacts, readonly string[]]>([
    ['of the theme whose area contains the other', point(), ['sar']],
    ['of the very area', point({ area: 'GR-K' }), ['sar']],
    ['not those of a smaller area', point({ area: 'GR-K1' }), []],
    ['not those of another area', point({ area: 'ITA' }), []],
    ['not where the gazetteer cannot say', point({ area: 'eastern-route' }), []],
    ['not those of another theme', point({ theme: 'reception' }), []],
    ['not those of another agency', point({ agency: OWNER }), []],
    ['not before they are valid', point({ validFrom: NOW + 1 }), []],
    ['not once they are over', point({ validFrom: 0, validUntil: NOW }), []],
  ])('are %s', (_, facts, expected) => {
    const found = focalPointsFor(stateOf(facts), RECIPIENT, { theme: 'rescue', area: 'GR-K' }, NOW, contains);
    expect(found.map(({ id }) => id)).toEqual(expected);
  });

  it('come in the order of their ids, each in its newest version', () => {
    const state = stateOf(point({ id: 'west' }), point({ id: 'east' }), point({ id: 'west', version: 2, deputies: [] }));
    const found = focalPointsFor(state, RECIPIENT, { theme: 'rescue', area: 'GRC' }, NOW, contains);
    expect(found.map(({ id, version }) => [id, version])).toEqual([['east', 1], ['west', 2]]);
  });
});

describe('who answers for a focal point', () => {
  const present = { escalated: false };
  it.each<[string, FocalPointFacts, typeof holder, { readonly escalated: boolean }, boolean]>([
    ['the holder does', point(), holder, present, true],
    ['a deputy does not while the holder is there', point(), deputy, present, false],
    ['a deputy does while the holder is absent', point({ absentUntil: NOW + 1 }), deputy, present, true],
    ['a deputy does not once the holder is back', point({ absentUntil: NOW }), deputy, present, false],
    ['a deputy does once the duty was escalated', point(), deputy, { escalated: true }, true],
    ['nobody else does, whatever happened', point({ absentUntil: NOW + 1 }), other, { escalated: true }, false],
    ['the holder does not after its validity', point({ validFrom: 0, validUntil: NOW }), holder, present, false],
  ])('%s', (_, facts, actor, situation, expected) => {
    expect(mayAnswer(facts, actor, NOW, situation)).toBe(expected);
  });
});
