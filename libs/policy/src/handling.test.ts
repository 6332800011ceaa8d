import { CorridorError } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import type { Handling, PolicyEvent } from './facts.ts';
import { checkAttestation, checkHandling } from './handling.ts';
import { actor, CLERK, forged, GROUP, handling, OFFICER, OWNER, stateWith } from './scene.testing.ts';
import type { Category } from './vocabulary.ts';

/** The reason and the field of a refusal; undefined when nothing is refused. */
function refusal(check: () => void): { reason: string; field: string | undefined; message: string } | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    const { reason, metadata, message } = CorridorError.from(error);
    return { reason, field: metadata['field'], message };
  }
}

const check = (change: Partial<Handling>, category: Category = 'movement', breakdownByNationality = false) =>
  refusal(() => checkHandling(handling(change), category, { breakdownByNationality }, OWNER));

const strict = { tlp: 'amber+strict', onwardSharing: 'prohibited' } as const;
const red = { tlp: 'red', onwardSharing: 'prohibited', namedActors: [CLERK] } as const;
const sealed = { personalDataLevel: 'sealed', legalBasis: 'vital-interest', purposes: ['protection'] } as const;

describe('a handling that holds together', () => {
  it.each<[string, Partial<Handling>, Category]>([
    ['AMBER', {}, 'movement'],
    ['AMBER+STRICT without onward sharing', strict, 'reception'],
    ['RED for named actors', red, 'rescue'],
    ['GREEN for a community', { tlp: 'green', communityGroups: [GROUP] }, 'crisis'],
    ['CLEAR', { tlp: 'clear' }, 'movement'],
    ['CLEAR, attested by an officer of the owner', { tlp: 'clear', publicityAttestedBy: OFFICER }, 'asylum'],
    ['nothing that derives from persons', { personalDataLevel: 'none', legalBasis: 'not-personal' }, 'practice'],
    ['a sealed referral', sealed, 'referral'],
    ['border management of movements', { purposes: ['border-management', 'law-enforcement', 'return'] }, 'movement'],
    ['consent without assistance', { legalBasis: 'consent' }, 'movement'],
    ['the shortest retention', { retentionDays: 1 }, 'movement'],
    ['the longest retention', { retentionDays: 3660 }, 'movement'],
  ])('is accepted: %s', (_, change, category) => {
    expect(check(change, category)).toBeUndefined();
  });
});

describe('a contradictory handling is refused', () => {
  it.each<[string, string, Partial<Handling>, Category]>([
    ['RED names the focal points it is for', 'named_actors', { ...red, namedActors: [] }, 'movement'],
    ['only RED names actors', 'named_actors', { namedActors: [CLERK] }, 'movement'],
    ['GREEN names its community', 'community_groups', { tlp: 'green' }, 'movement'],
    ['only GREEN names a community', 'community_groups', { communityGroups: [GROUP] }, 'movement'],
    ['nobody is named twice', 'named_actors', { ...red, namedActors: [CLERK, { ...CLERK }] }, 'movement'],
    ['no group is named twice', 'community_groups', { tlp: 'green', communityGroups: [GROUP, GROUP] }, 'movement'],
    ['at most 50 actors', 'named_actors', { ...red, namedActors: Array.from({ length: 51 }, (_, i) => ({ ...CLERK, actor: forged(`a${i}`) })) }, 'movement'],
    ['at most 20 groups', 'community_groups', { tlp: 'green', communityGroups: Array.from({ length: 21 }, (_, i) => `g${i}`) }, 'movement'],
    ['RED is not shared onward', 'onward_sharing', { ...red, onwardSharing: 'with-approval' }, 'movement'],
    ['AMBER+STRICT is not shared onward', 'onward_sharing', { ...strict, onwardSharing: 'allowed' }, 'movement'],
    ['CLEAR is refused for asylum', 'tlp', { tlp: 'clear' }, 'asylum'],
    ['CLEAR is refused for protection', 'tlp', { tlp: 'clear' }, 'protection'],
    ['CLEAR is refused for trafficking', 'tlp', { tlp: 'clear' }, 'trafficking'],
    ['CLEAR is refused for referral', 'tlp', { ...sealed, tlp: 'clear' }, 'referral'],
    ['publicity is attested by the owner', 'publicity_attested_by', { tlp: 'clear', publicityAttestedBy: CLERK }, 'asylum'],
    ['only CLEAR is attested', 'publicity_attested_by', { publicityAttestedBy: OFFICER }, 'movement'],
    ['level none has no legal basis in persons', 'legal_basis', { personalDataLevel: 'none' }, 'movement'],
    ['not personal has the level none', 'legal_basis', { legalBasis: 'not-personal' }, 'movement'],
    ['sealed is only for referrals', 'personal_data_level', { personalDataLevel: 'sealed' }, 'movement'],
    ['a referral is only sealed', 'personal_data_level', { ...sealed, personalDataLevel: 'aggregate' }, 'referral'],
    ['consent is refused where assistance depends on it', 'legal_basis', { legalBasis: 'consent', purposes: ['planning', 'assistance'] }, 'movement'],
    ['at least one purpose', 'purposes', { purposes: [] }, 'movement'],
    ['no purpose twice', 'purposes', { purposes: ['planning', 'planning'] }, 'movement'],
    ['no border management of asylum', 'purposes', { purposes: ['planning', 'border-management'] }, 'asylum'],
    ['no law enforcement with protection data', 'purposes', { purposes: ['law-enforcement'] }, 'protection'],
    ['no return by referral', 'purposes', { ...sealed, purposes: ['return'] }, 'referral'],
    ['retention of at least a day', 'retention_days', { retentionDays: 0 }, 'movement'],
    ['retention of at most 3660 days', 'retention_days', { retentionDays: 3661 }, 'movement'],
    ['retention of whole days', 'retention_days', { retentionDays: 1.5 }, 'movement'],
  ])('%s', (_, field, change, category) => {
    expect(check(change, category)).toMatchObject({ reason: 'HANDLING_CONTRADICTORY', field });
  });

  it('CLEAR is refused for any counts by nationality unless an officer attests that they are already public', () => {
    expect(check({ tlp: 'clear' }, 'movement', true)).toMatchObject({ reason: 'HANDLING_CONTRADICTORY', field: 'tlp' });
    expect(check({ tlp: 'clear', publicityAttestedBy: OFFICER }, 'movement', true)).toBeUndefined();
    expect(check({}, 'movement', true)).toBeUndefined();
  });

  it('with a message that names every contradiction', () => {
    const refused = check({ purposes: [], retentionDays: 0, namedActors: [CLERK] });
    expect(refused?.message).toBe('only RED names actors; no purpose is named; retention is not 1-3660 whole days');
  });

  it.each<[string, Partial<Handling>]>([
    ['tlp', { tlp: forged('white') }],
    ['purposes', { purposes: ['planning', forged('deterrence')] }],
    ['legal_basis', { legalBasis: forged('habit') }],
    ['personal_data_level', { personalDataLevel: forged('full') }],
    ['onward_sharing', { onwardSharing: forged('maybe') }],
    ['precision_limit', { precisionLimit: forged('house') }],
  ])('an unknown value of %s is refused', (field, change) => {
    expect(check(change)).toMatchObject({ reason: 'UNKNOWN_ENUM_VALUE', field });
  });

  it('an unknown category is refused', () => {
    expect(check({}, forged('weather'))).toMatchObject({ reason: 'UNKNOWN_ENUM_VALUE', field: 'category' });
  });
});

describe('the attestation that content is already public', () => {
  const attested = handling({ tlp: 'clear', publicityAttestedBy: OFFICER });
  const attest = (...events: readonly PolicyEvent[]) => refusal(() => checkAttestation(attested, OWNER, stateWith(...events)));

  it('is good from an approver or a data-protection officer of the owner', () => {
    expect(attest()).toBeUndefined();
    expect(attest(actor({ ...OFFICER, roles: ['data-protection-officer'] }))).toBeUndefined();
  });

  it.each<[string, Parameters<typeof actor>[0]]>([
    ['a publisher', { ...OFFICER, roles: ['publisher', 'administrator'] }],
    ['a retired officer', { ...OFFICER, roles: ['approver'], retired: true }],
  ])('is refused from %s', (_, change) => {
    expect(attest(actor(change))).toMatchObject({ reason: 'HANDLING_CONTRADICTORY', field: 'publicity_attested_by' });
  });

  it('is refused from nobody and from an officer of another agency', () => {
    const nobody = handling({ tlp: 'clear', publicityAttestedBy: { ...OFFICER, actor: forged('staff-99') } });
    expect(refusal(() => checkAttestation(nobody, OWNER, stateWith()))).toMatchObject({ field: 'publicity_attested_by' });
    const other = handling({ tlp: 'clear', publicityAttestedBy: CLERK });
    const state = stateWith(actor({ roles: ['approver'] }));
    expect(refusal(() => checkAttestation(other, OWNER, state))).toMatchObject({ field: 'publicity_attested_by' });
  });

  it('is not asked for where there is none', () => {
    expect(refusal(() => checkAttestation(handling(), OWNER, stateWith()))).toBeUndefined();
  });
});
