import { actorId } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { actor, agency, DAY, GAZETTEER, NOW, organisation } from './domain.testing.ts';
import { decideFocalPoint } from './focal-points.ts';
import { evolve } from './organisation.ts';

const ADA = actor('relief', 'ada', 'duty-officer');
const BEN = actor('relief', 'ben', 'duty-officer');
const GONE = { ...actor('relief', 'gone', 'duty-officer'), retired: true };
const RELIEF = organisation(agency('relief'), ADA, BEN, GONE);

const wanted = {
  id: 'rescue',
  theme: 'rescue',
  area: 'ITA',
  holder: ADA.id,
  deputies: [BEN.id],
  validFrom: NOW,
  validUntil: NOW + DAY,
};

describe('a focal point', () => {
  it.each([
    ['a holder who is no actor of the agency', { holder: actorId('stranger') }, 'INVALID_ARGUMENT'],
    ['a retired holder', { holder: GONE.id }, 'INVALID_ARGUMENT'],
    ['a deputy who is no actor of the agency', { deputies: [actorId('stranger')] }, 'INVALID_ARGUMENT'],
    ['a holder who is its own deputy', { deputies: [ADA.id] }, 'INVALID_ARGUMENT'],
    ['a deputy twice', { deputies: [BEN.id, BEN.id] }, 'INVALID_ARGUMENT'],
    ['an unknown area', { area: 'nowhere' }, 'UNKNOWN_PLACE'],
    ['no theme', { theme: '' }, 'INVALID_ARGUMENT'],
    ['an end before its beginning', { validUntil: NOW }, 'INVALID_ARGUMENT'],
  ])('refuses %s', (_, change, reason) => {
    expect(() => decideFocalPoint({ ...wanted, ...change }, RELIEF, GAZETTEER)).toThrow(expect.objectContaining({ reason }));
  });

  it('is replaced as a whole, one version after the other', () => {
    const first = decideFocalPoint({ ...wanted, absentUntil: NOW + DAY }, RELIEF, GAZETTEER);
    const second = decideFocalPoint({ ...wanted, deputies: [] }, evolve(RELIEF, first), GAZETTEER);
    expect([first.resource.value.version, second.resource.value.version]).toEqual([1, 2]);
    expect(second.resource.value).toEqual({ ...wanted, deputies: [], agency: 'relief', version: 2 });
  });
});
