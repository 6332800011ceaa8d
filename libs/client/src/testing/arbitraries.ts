import fc from 'fast-check';
import type { Handling } from '@corridor/contracts/common/v1/vocabulary';

/** Ids of agencies, meetings and the like. */
export const slugs = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/);

/** Texts that files and spreadsheets are easily wrong about. */
export const awkwardTexts = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom('a', 'B', ' ', '\n', '"', ',', ';', "'", '=', '+', '-', '@', 'é', 'ع', '😀', '＝'), minLength, maxLength });

export const moments = fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true });

/** Handlings of known words; not every one of them is free of contradictions. */
export const handlings = fc.record({
  tlp: fc.constantFrom(1, 2, 3, 4, 5),
  purposes: fc.uniqueArray(fc.constantFrom(1, 2, 3), { minLength: 1 }),
  legalBasis: fc.constantFrom(1, 2),
  personalDataLevel: fc.constantFrom(1, 2),
  retentionDays: fc.integer({ min: 1, max: 3660 }),
  onwardSharing: fc.constantFrom(1, 2),
  precisionLimit: fc.constantFrom(1, 2),
  namedActors: fc.array(slugs.map((id) => `agencies/${id}/actors/duty`), { maxLength: 2 }),
  communityGroups: fc.array(slugs.map((id) => `groups/${id}`), { maxLength: 2 }),
  publicityAttestedBy: fc.constantFrom('', 'agencies/alpha/actors/press'),
}) as fc.Arbitrary<Handling>;
