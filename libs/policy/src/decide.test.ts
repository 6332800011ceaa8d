import { agencyId } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import type { PolicyEvent } from './facts.ts';
import {
  agency,
  agreement,
  clause,
  CLERK,
  consent,
  contains,
  DAY,
  forged,
  GROUP,
  NOW,
  OFFICER,
  OWNER,
  prohibition,
  question,
  RECIPIENT,
  stateWith,
  STRANGER,
  type Asked,
} from './scene.testing.ts';

const decided = (asked: Asked = {}, ...events: readonly PolicyEvent[]) => decide(question(asked), stateWith(...events), NOW, contains);

describe('deny unless all hold', () => {
  it('allows when all hold, until the first date that took part', () => {
    expect(decided({ publishedAt: NOW - DAY })).toEqual({
      outcome: 'allow',
      obligations: { form: 'masked', withoutBreakdown: false, precision: 'point', onwardSharing: 'allowed', retentionDays: 365 },
      reasons: ['AGREED_AND_CONSENTED'],
      validUntil: NOW + 100 * DAY,
    });
    expect(decided({ publishedAt: NOW - DAY, handling: { retentionDays: 31 } }).validUntil).toBe(NOW + 30 * DAY);
    expect(decided({}, consent({ expiresAt: NOW + 5 })).validUntil).toBe(NOW + 5);
  });

  it.each<[string, Asked, readonly PolicyEvent[], readonly string[]]>([
    ['1, owner', {}, [agency({ id: OWNER, kind: 'ngo', state: 'suspended' })], ['OWNER_NOT_ACTIVE']],
    ['1, recipient', {}, [agency({ state: 'suspended' })], ['RECIPIENT_NOT_ACTIVE']],
    ['addressee', { class: { addressee: STRANGER } }, [], ['NOT_ADDRESSED']],
    ['2', { handling: { tlp: 'green', communityGroups: ['no-such-group'] } }, [], ['TLP_EXCLUDES_RECIPIENT']],
    ['3, no agreement', {}, [agreement({ state: 'suspended' })], ['NO_AGREEMENT']],
    ['3, no clause', {}, [agreement({ clauses: [] })], ['NO_PERMITTING_CLAUSE']],
    ['3, prohibited', {}, [agreement({ clauses: [clause(), prohibition()] })], ['PROHIBITED_BY_CLAUSE']],
    ['3, area', {}, [agreement({ clauses: [clause({ areas: ['eastern-route'] })] })], ['AREA_UNDECIDABLE']],
    ['4', {}, [consent({ revoked: true })], ['NO_CONSENT']],
    ['5', { handling: { purposes: ['statistics'] } }, [], ['PURPOSE_NOT_ALLOWED']],
    ['6', {}, [agency({ kind: 'state-authority' })], ['ORIGIN_FIREWALL']],
    ['7', { publishedAt: NOW - 365 * DAY }, [], ['RETENTION_PASSED']],
    ['handling', { handling: { purposes: ['planning', 'planning'] } }, [], ['HANDLING_CONTRADICTORY']],
    ['several', {}, [agreement({ state: 'terminated' }), consent({ revoked: true })], ['NO_AGREEMENT', 'NO_CONSENT']],
  ])('rule %s', (_, asked, events, reasons) => {
    expect(decided(asked, ...events)).toMatchObject({ outcome: 'deny', reasons });
  });

  it('refuses purposes that are never for the category, though clause and consent name them', () => {
    const asked = { class: { category: 'asylum' }, purpose: 'return' } as const;
    const agreed = agreement({ clauses: [clause({ categories: ['asylum'], purposes: ['return'] })] });
    expect(decided(asked, agreed, consent({ categories: ['asylum'], purposes: ['return'] }))).toMatchObject({
      reasons: ['PURPOSE_NOT_ALLOWED', 'PURPOSE_NEVER_FOR_CATEGORY'],
    });
  });

  it('the operator receives nothing, not even what is public', () => {
    const operator = agencyId('operator');
    expect(decided({ handling: { tlp: 'clear' }, recipient: { agency: operator } })).toMatchObject({ reasons: ['RECIPIENT_NOT_ACTIVE'] });
    expect(decided({ recipient: { agency: operator } }, agency({ id: operator }), agreement({ parties: [OWNER, operator] }))).toMatchObject({
      outcome: 'deny',
    });
  });

  it('a sealed referral reaches the agency it names under agreement and consent', () => {
    const sealed = {
      class: { category: 'referral', addressee: RECIPIENT },
      handling: { personalDataLevel: 'sealed', legalBasis: 'vital-interest' },
    } as const;
    const agreed = [agreement({ clauses: [clause({ categories: ['referral'], levels: ['sealed'] })] }), consent({ categories: ['referral'] })];
    expect(decided(sealed, ...agreed).outcome).toBe('allow');
    expect(decided({ ...sealed, class: { category: 'referral' } }, ...agreed)).toMatchObject({ reasons: ['NOT_ADDRESSED'] });
    expect(decided(sealed)).toMatchObject({ reasons: ['NO_PERMITTING_CLAUSE', 'NO_CONSENT'] });
  });
});

describe('several permitting clauses', () => {
  it('give the best grant, and the next one when its retention has passed', () => {
    const clauses = [clause({ id: 'fine', retentionDays: 7 }), clause({ id: 'long', highestPrecision: 'country' })];
    const at = (days: number) => decide(question({ publishedAt: NOW }), stateWith(agreement({ clauses })), NOW + days * DAY, contains);
    expect(at(0)).toMatchObject({ obligations: { precision: 'point', retentionDays: 7 }, validUntil: NOW + 7 * DAY });
    expect(at(7)).toMatchObject({ obligations: { precision: 'country', retentionDays: 365 }, validUntil: NOW + 100 * DAY });
  });

  it('and nothing when the retention of the only one has passed', () => {
    const state = stateWith(agreement({ clauses: [clause({ retentionDays: 7 })] }));
    expect(decide(question({ publishedAt: NOW }), state, NOW + 7 * DAY, contains)).toMatchObject({ reasons: ['RETENTION_PASSED'] });
  });
});

describe('what is CLEAR is public', () => {
  const clear = { tlp: 'clear', precisionLimit: 'admin1' } as const;
  const publicView = {
    outcome: 'allow',
    reasons: ['PUBLIC'],
    obligations: { form: 'masked', withoutBreakdown: false, precision: 'admin1', onwardSharing: 'allowed', retentionDays: 365 },
    validUntil: Infinity,
  };

  it.each<[string, Asked, readonly PolicyEvent[]]>([
    ['a recipient', {}, []],
    ['an agency without agreement and consent', {}, [agreement({ state: 'draft' }), consent({ revoked: true })]],
    ['a stranger', { recipient: { agency: STRANGER } }, []],
    ['a suspended agency', {}, [agency({ state: 'suspended' })]],
    ['a State authority', {}, [agency({ kind: 'state-authority', country: 'GRC' })]],
    ['any purpose', { purpose: 'law-enforcement' }, []],
    ['whom a clause prohibits what others see', {}, [agreement({ clauses: [prohibition()] })]],
  ])('to %s, in one masked view', (_, asked, events) => {
    expect(decided({ ...asked, handling: clear }, ...events)).toEqual(publicView);
  });

  it('while its owner is active and retention holds', () => {
    expect(decided({ handling: clear }, agency({ id: OWNER, kind: 'ngo', state: 'withdrawn' }))).toMatchObject({ reasons: ['OWNER_NOT_ACTIVE'] });
    expect(decided({ handling: clear, publishedAt: NOW - 365 * DAY })).toMatchObject({ reasons: ['RETENTION_PASSED'] });
    expect(decided({ handling: clear, publishedAt: NOW }).validUntil).toBe(NOW + 365 * DAY);
  });

  it('except asylum, protection, referral and trafficking data that nobody attested to be public', () => {
    const asylum = { class: { category: 'asylum' } } as const;
    expect(decided({ ...asylum, handling: clear })).toMatchObject({ reasons: ['HANDLING_CONTRADICTORY'] });
    const attested = { ...clear, publicityAttestedBy: OFFICER };
    expect(decided({ ...asylum, handling: attested })).toEqual(publicView);
    expect(decided({ ...asylum, handling: attested, purpose: 'return' })).toMatchObject({ reasons: ['PURPOSE_NEVER_FOR_CATEGORY'] });
  });

  it('but an addressed update stays with its addressee', () => {
    expect(decided({ class: { addressee: STRANGER }, handling: clear })).toMatchObject({ reasons: ['NOT_ADDRESSED'] });
  });
});

describe('the owner', () => {
  it('reads its own update exactly as it published it, without agreement or consent', () => {
    const own = { recipient: { agency: OWNER }, purpose: 'statistics', handling: { precisionLimit: 'country' }, publishedAt: NOW } as const;
    expect(decided(own, agreement({ state: 'draft' }), agency({ id: OWNER, kind: 'state-authority', country: 'GRC' }))).toEqual({
      outcome: 'allow',
      obligations: { form: 'exact', withoutBreakdown: false, precision: 'point', onwardSharing: 'allowed', retentionDays: 365 },
      reasons: ['OWN_UPDATE'],
      validUntil: NOW + 365 * DAY,
    });
  });

  it('as long as it is active and retention holds', () => {
    expect(decided({ recipient: OFFICER }, agency({ id: OWNER, kind: 'ngo', state: 'suspended' }))).toMatchObject({ reasons: ['OWNER_NOT_ACTIVE'] });
    expect(decided({ recipient: OFFICER, publishedAt: NOW - 365 * DAY })).toMatchObject({ reasons: ['RETENTION_PASSED'] });
  });

  it('reads RED in person only', () => {
    const red = { tlp: 'red', onwardSharing: 'prohibited', namedActors: [CLERK] } as const;
    expect(decided({ recipient: OFFICER, handling: red }).outcome).toBe('allow');
    expect(decided({ recipient: { agency: OWNER }, handling: red })).toMatchObject({ reasons: ['TLP_EXCLUDES_RECIPIENT'] });
  });
});

describe('an unknown value denies', () => {
  it.each<[string, Asked, readonly PolicyEvent[]]>([
    ['label', { handling: { tlp: forged('white') } }, []],
    ['category', { class: { category: forged('weather') } }, []],
    ['purpose declared', { purpose: forged('deterrence') }, []],
    ['purpose of the update', { handling: { purposes: ['planning', forged('deterrence')] } }, []],
    ['legal basis', { handling: { legalBasis: forged('habit') } }, []],
    ['level', { handling: { personalDataLevel: forged('full') } }, []],
    ['onward sharing', { handling: { onwardSharing: forged('maybe') } }, []],
    ['precision', { handling: { precisionLimit: forged('house') } }, []],
    ['kind of the recipient', {}, [agency({ kind: forged('cartel') })]],
    ['state of the recipient', {}, [agency({ state: forged('paused') })]],
    ['kind of the owner', {}, [agency({ id: OWNER, kind: forged('cartel') })]],
    ['state of an agreement', {}, [agreement({ state: forged('paused') })]],
    ['effect of a clause', {}, [agreement({ clauses: [clause(), clause({ effect: forged('warn') })] })]],
    ['category of a prohibition', {}, [agreement({ clauses: [clause(), prohibition({ categories: [forged('weather')] })] })]],
    ['purpose of a prohibition', {}, [agreement({ clauses: [clause(), prohibition({ purposes: [forged('x')] })] })]],
    ['level of a prohibition', {}, [agreement({ clauses: [clause(), prohibition({ levels: [forged('x')] })] })]],
    ['kind in a prohibition', {}, [agreement({ clauses: [clause(), prohibition({ recipientKinds: [forged('x')] })] })]],
    ['onward sharing of a clause', {}, [agreement({ clauses: [clause({ onwardSharing: forged('x') })] })]],
    ['precision of a clause', {}, [agreement({ clauses: [clause({ highestPrecision: forged('x') })] })]],
    ['retention of a clause', {}, [agreement({ clauses: [clause({ retentionDays: Number.NaN })] })]],
  ])('%s', (_, asked, events) => {
    const decision = decided(asked, ...events);
    expect(decision.outcome).toBe('deny');
    expect(decision.reasons[0]).toBe('UNKNOWN_VALUE');
  });

  it('but not in an agreement that says nothing', () => {
    const draft = agreement({ id: 'draft', state: 'draft', clauses: [clause({ effect: forged('warn') })] });
    expect(decided({}, draft).outcome).toBe('allow');
  });

  it('a community that is no group of the node is nobody', () => {
    expect(decided({ handling: { tlp: 'green', communityGroups: [GROUP] } }).outcome).toBe('allow');
    expect(decided({ handling: { tlp: 'green', communityGroups: [`${GROUP}s`] } }).outcome).toBe('deny');
  });
});
