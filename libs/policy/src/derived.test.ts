import fc from 'fast-check';
import { actorId, agencyId } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { derivedHandling, mayBeTold } from './derived.ts';
import type { Handling, Obligations } from './facts.ts';
import { contradictions } from './handling.ts';
import { CLERK, contains, handling, NOW, OFFICER, OWNER, question, stateWith } from './scene.testing.ts';
import { ONWARD_SHARINGS, PERSONAL_DATA_LEVELS, PRECISIONS, TLPS } from './vocabulary.ts';

const OTHER_CLERK = { agency: agencyId('relief-body'), actor: actorId('staff-8') };

/** Handlings of counts that do not contradict themselves. */
const handlings: fc.Arbitrary<Handling> = fc
  .record({
    tlp: fc.constantFrom(...TLPS),
    purposes: fc.subarray(['protection', 'assistance', 'early-warning', 'planning', 'statistics'] as const, { minLength: 1 }),
    legalBasis: fc.constantFrom('consent', 'public-interest', 'vital-interest', 'not-personal'),
    retentionDays: fc.integer({ min: 1, max: 3660 }),
    onwardSharing: fc.constantFrom(...ONWARD_SHARINGS),
    precisionLimit: fc.constantFrom(...PRECISIONS),
    namedActors: fc.subarray([CLERK, OTHER_CLERK], { minLength: 1 }),
    communityGroups: fc.subarray(['g1', 'g2', 'g3'], { minLength: 1 }),
  })
  .map(({ tlp, namedActors, communityGroups, ...drawn }): Handling => ({
    ...drawn,
    tlp,
    legalBasis: drawn.legalBasis === 'consent' && drawn.purposes.includes('assistance') ? 'vital-interest' : drawn.legalBasis,
    personalDataLevel: drawn.legalBasis === 'not-personal' ? 'none' : 'aggregate',
    onwardSharing: tlp === 'red' || tlp === 'amber+strict' ? 'prohibited' : drawn.onwardSharing,
    namedActors: tlp === 'red' ? namedActors : [],
    communityGroups: tlp === 'green' ? communityGroups : [],
    ...(tlp === 'clear' && { publicityAttestedBy: OFFICER }),
  }));

const isForNobody = (of: Handling): boolean => of.tlp === 'red' && of.namedActors.length === 0;

describe('the handling of what is derived', () => {
  it('is at least as strict as every handling it derives from', () => {
    fc.assert(
      fc.property(handlings, fc.array(handlings, { maxLength: 4 }), (first, sources) => {
        const derived = derivedHandling(first, sources);
        for (const of of [first, ...sources]) {
          expect(TLPS.indexOf(derived.tlp)).toBeLessThanOrEqual(TLPS.indexOf(of.tlp));
          expect(derived.retentionDays).toBeLessThanOrEqual(of.retentionDays);
          expect(ONWARD_SHARINGS.indexOf(derived.onwardSharing)).toBeLessThanOrEqual(ONWARD_SHARINGS.indexOf(of.onwardSharing));
          expect(PRECISIONS.indexOf(derived.precisionLimit)).toBeLessThanOrEqual(PRECISIONS.indexOf(of.precisionLimit));
          expect(PERSONAL_DATA_LEVELS.indexOf(derived.personalDataLevel)).toBeGreaterThanOrEqual(PERSONAL_DATA_LEVELS.indexOf(of.personalDataLevel));
          if (isForNobody(derived)) continue;
          for (const purpose of derived.purposes) expect(of.purposes).toContain(purpose);
          if (of.tlp === 'red') for (const named of derived.namedActors) expect(of.namedActors).toContainEqual(named);
          if (derived.tlp === 'green' && of.tlp === 'green') for (const group of derived.communityGroups) expect(of.communityGroups).toContain(group);
        }
      }),
    );
  });

  it('never contradicts itself, unless it is for nobody', () => {
    fc.assert(
      fc.property(handlings, fc.array(handlings, { maxLength: 4 }), (first, sources) => {
        const derived = derivedHandling(first, sources);
        const found = contradictions(derived, 'movement', { breakdownByNationality: false }, OWNER);
        expect(found[0]?.field).toBe(isForNobody(derived) ? 'named_actors' : undefined);
      }),
    );
  });

  it('does not depend on the order of its sources, and is what it derives from when that is one', () => {
    fc.assert(
      fc.property(handlings, fc.array(handlings, { maxLength: 4 }), (first, sources) => {
        const [one, other] = [derivedHandling(first, sources), derivedHandling(first, sources.toReversed())];
        expect({ ...other, namedActors: new Set(other.namedActors), communityGroups: new Set(other.communityGroups) }).toEqual({
          ...one,
          namedActors: new Set(one.namedActors),
          communityGroups: new Set(one.communityGroups),
        });
        expect(derivedHandling(first, [])).toEqual(first);
        expect(derivedHandling(first, [first, first])).toEqual(first);
      }),
    );
  });

  it.each<[string, Partial<Handling>, Partial<Handling>]>([
    ['no purpose', { purposes: ['planning'] }, { purposes: ['statistics'] }],
    ['no community', { tlp: 'green', communityGroups: ['g1'] }, { tlp: 'green', communityGroups: ['g2'] }],
    ['no named actor', { tlp: 'red', onwardSharing: 'prohibited', namedActors: [CLERK] }, { tlp: 'red', onwardSharing: 'prohibited', namedActors: [OTHER_CLERK] }],
    ['only assistance, on the basis of consent', { purposes: ['assistance'] }, { purposes: ['assistance'], legalBasis: 'consent' }],
  ])('goes to nobody when there is %s in common', (_, first, source) => {
    const derived = derivedHandling(handling(first), [handling(source)]);
    expect(isForNobody(derived)).toBe(true);
    const asked = question({ handling: derived, recipient: CLERK, purpose: derived.purposes[0] ?? 'planning' });
    expect(decide(asked, stateWith(), NOW, contains)).toMatchObject({ outcome: 'deny', reasons: ['HANDLING_CONTRADICTORY'] });
  });
});

describe('what was computed from one view', () => {
  const view = (change: Partial<Obligations> = {}): Obligations => ({
    form: 'masked',
    withoutBreakdown: false,
    precision: 'point',
    onwardSharing: 'prohibited',
    retentionDays: 30,
    ...change,
  });
  it.each<[string, boolean, Partial<Obligations>, Partial<Obligations>]>([
    ['has the same view', true, {}, {}],
    ['has a wider one', true, {}, { firewall: ['GRC', 'TUR'] }],
    ['is not shown nationals that were counted', false, { firewall: ['GRC'] }, {}],
    ['is not shown nationals that were not counted either', true, { firewall: ['GRC'] }, { firewall: ['GRC', 'TUR'] }],
    ['is not shown one of the nationals that were counted', false, { firewall: ['GRC', 'TUR'] }, { firewall: ['GRC'] }],
    ['has the masked view of what was computed from the exact one', false, {}, { form: 'exact' }],
    ['may not know the place so exactly', false, { precision: 'country' }, {}],
    ['may know the place just so exactly', true, { precision: 'admin1' }, {}],
  ])('is for one who %s: %s', (_, told, reader, computed) => {
    expect(mayBeTold(view(reader), view(computed), 'admin1')).toBe(told);
  });
});
