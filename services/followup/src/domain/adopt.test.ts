import { actorId, agencyId } from '@corridor/kernel';
import { containsById, openGazetteer } from '@corridor/places';
import { emptyPolicyState, evolveAll } from '@corridor/policy';
import { describe, expect, it } from 'vitest';
import { agency, AUTHORITY, handling, id, RELIEF, SECRETARIAT, START, world } from '../world.testing.ts';
import { checkProposal, type Proposed } from './adopt.ts';
import type { Meeting } from './meeting.ts';

const gazetteer = openGazetteer();
const places = { contains: containsById(gazetteer), isPlace: (place: string) => gazetteer.place(place) !== undefined };
const state = evolveAll(emptyPolicyState, [...world(), agency('dormant', { state: 'suspended' })]);
const meeting: Meeting = { id: 'forum', version: 1, title: 'Forum', metAt: START, secretariat: agencyId(SECRETARIAT), handling: handling(), createdAt: START };
const proposed = (change: Partial<Proposed> = {}): Proposed => ({
  id: id(1),
  reference: 'R1',
  text: 'Open desks.\nSoon.',
  themes: ['reception'],
  recommender: '',
  area: 'ITA',
  addressees: [agencyId(AUTHORITY)],
  ...change,
});
const check = (change: Partial<Proposed> = {}) => checkProposal(proposed(change), meeting, places, state, 'recommendations[3]');

describe('a proposal', () => {
  it('becomes the meeting\'s, with its handling unless it has its own', () => {
    expect(check()).toMatchObject({ meeting: 'forum', secretariat: SECRETARIAT, handling: meeting.handling });
    expect(check({ handling: handling({ tlp: 'amber+strict' }) }).handling.tlp).toBe('amber+strict');
  });

  it.each<[string, Partial<Proposed>, string, string]>([
    ['addressed to nobody', { addressees: [] }, 'addressees', 'INVALID_ARGUMENT'],
    ['addressed to one agency twice', { addressees: [agencyId(RELIEF), agencyId(RELIEF)] }, 'addressees', 'INVALID_ARGUMENT'],
    ['addressed to an agency that is not active', { addressees: [agencyId(RELIEF), agencyId('dormant')] }, 'addressees[1]', 'AGENCY_NOT_ACTIVE'],
    ['addressed to an unknown agency', { addressees: [agencyId('nobody-knows')] }, 'addressees[0]', 'AGENCY_NOT_ACTIVE'],
    ['without a theme', { themes: [] }, 'themes', 'INVALID_ARGUMENT'],
    ['with a theme twice', { themes: ['data', 'data'] }, 'themes', 'INVALID_ARGUMENT'],
    ['about an unknown place', { area: 'ATLANTIS' }, 'area', 'UNKNOWN_PLACE'],
    ['without a text', { text: '' }, 'text', 'INVALID_ARGUMENT'],
    ['with control characters', { text: 'a\u0007b' }, 'text', 'INVALID_ARGUMENT'],
    ['with too long a text', { text: 'x'.repeat(8001) }, 'text', 'INVALID_ARGUMENT'],
    ['with too long a reference', { reference: 'x'.repeat(101) }, 'reference', 'INVALID_ARGUMENT'],
  ])('%s is refused, naming it and the field', (_, change, field, reason) => {
    expect(() => check(change)).toThrow(expect.objectContaining({ reason, metadata: expect.objectContaining({ field: `recommendations[3].${field}` }) }));
  });

  it('whose handling contradicts itself is refused', () => {
    const refusal = { reason: 'HANDLING_CONTRADICTORY', metadata: { field: 'recommendations[3].handling.named_actors' } };
    expect(() => check({ handling: handling({ tlp: 'red' }) })).toThrow(expect.objectContaining(refusal));
  });

  it('is attested as public by an officer of the secretariat alone', () => {
    const attestedBy = (of: string, officer: string) => check({ handling: handling({ tlp: 'clear', publicityAttestedBy: { agency: agencyId(of), actor: actorId(officer) } }) });
    expect(attestedBy(SECRETARIAT, 'staff-1').handling.tlp).toBe('clear');
    for (const [of, officer] of [[SECRETARIAT, 'nobody-knows'], [RELIEF, 'staff-1']] as const) {
      expect(() => attestedBy(of, officer)).toThrow(expect.objectContaining({ metadata: { field: 'recommendations[3].handling.publicity_attested_by' } }));
    }
  });
});
