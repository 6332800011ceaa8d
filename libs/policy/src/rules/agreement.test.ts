import { describe, expect, it } from 'vitest';
import type { AgreementFacts, Clause, PolicyEvent } from '../facts.ts';
import {
  agency,
  agreement as agreementOf,
  clause,
  contains,
  DAY,
  group,
  GROUP,
  NOW,
  OWNER,
  prohibition,
  question,
  RECIPIENT,
  stateWith,
  STRANGER,
  type Asked,
} from '../scene.testing.ts';
import { agreement } from './agreement.ts';

const under = (terms: Partial<AgreementFacts>, asked: Asked = {}, ...events: readonly PolicyEvent[]) =>
  agreement(question(asked), stateWith(agreementOf(terms), ...events), NOW, contains);

const withClauses = (...clauses: readonly Clause[]) => under({ clauses });

/** The reason of a refusal, or `permits`. */
const says = (verdict: ReturnType<typeof under>) => (verdict.pass ? 'permits' : verdict.reason);

describe('rule 3: an agreement in force binds owner and recipient', () => {
  it.each<[AgreementFacts['state'], string]>([
    ['draft', 'NO_AGREEMENT'],
    ['in-force', 'permits'],
    ['suspended', 'NO_AGREEMENT'],
    ['terminated', 'NO_AGREEMENT'],
  ])('%s: %s', (state, expected) => {
    expect(says(under({ state }))).toBe(expected);
  });

  it('from its date on, until its expiry (exclusive), and time may change it then', () => {
    expect(under({ effectiveFrom: NOW + 1 })).toEqual({ pass: false, reason: 'NO_AGREEMENT', validUntil: NOW + 1 });
    expect(under({ effectiveFrom: NOW, expiresAt: NOW + DAY })).toMatchObject({ pass: true, validUntil: NOW + DAY });
    expect(under({ expiresAt: NOW })).toEqual({ pass: false, reason: 'NO_AGREEMENT', validUntil: Infinity });
  });

  it('both of them, as parties', () => {
    expect(says(under({ parties: [OWNER, STRANGER] }))).toBe('NO_AGREEMENT');
    expect(says(under({ parties: [RECIPIENT, STRANGER] }))).toBe('NO_AGREEMENT');
    expect(says(under({ parties: [STRANGER, RECIPIENT, OWNER] }))).toBe('permits');
  });

  it('or as members of its group at the present epoch', () => {
    const joint = { parties: [OWNER, STRANGER], group: GROUP };
    expect(says(under(joint))).toBe('permits');
    expect(says(under(joint, {}, group({ members: [OWNER] })))).toBe('NO_AGREEMENT');
    expect(says(under(joint, {}, group({ closed: true })))).toBe('NO_AGREEMENT');
    expect(says(under({ ...joint, group: 'no-such-group' }))).toBe('NO_AGREEMENT');
    const ownerAsMember = { parties: [RECIPIENT, STRANGER], group: GROUP };
    expect(says(under(ownerAsMember))).toBe('permits');
    expect(says(under(ownerAsMember, {}, group({ closed: true })))).toBe('NO_AGREEMENT');
  });
});

describe('rule 3: with a clause that permits category, purpose, area and level', () => {
  it.each<[string, Partial<Clause>]>([
    ['category', { categories: ['crisis', 'rescue'] }],
    ['purpose', { purposes: ['statistics'] }],
    ['area', { areas: ['TUR', 'GR-K1'] }],
    ['level', { levels: ['none'] }],
    ['owner', { owners: [RECIPIENT] }],
    ['recipient', { recipients: [OWNER] }],
    ['kind of recipient', { recipientKinds: ['ngo', 'mission'] }],
  ])('another %s is not permitted', (_, change) => {
    expect(says(withClauses(clause(change)))).toBe('NO_PERMITTING_CLAUSE');
  });

  it.each<[string, Partial<Clause>]>([
    ['categories', { categories: [] }],
    ['purposes', { purposes: [] }],
    ['areas', { areas: [] }],
    ['levels', { levels: [] }],
  ])('an empty list of %s permits nothing', (_, change) => {
    expect(says(withClauses(clause(change)))).toBe('NO_PERMITTING_CLAUSE');
  });

  it('no list of owners, recipients or kinds means every party', () => {
    const named = clause({ owners: [OWNER], recipients: [RECIPIENT], recipientKinds: ['un-agency'] });
    expect(says(withClauses(named))).toBe('permits');
    expect(says(withClauses(clause()))).toBe('permits');
  });

  it('border management is never implied: a clause has to name it', () => {
    const asked = { handling: { purposes: ['border-management'] }, purpose: 'border-management' } as const;
    expect(says(under({}, asked))).toBe('NO_PERMITTING_CLAUSE');
    expect(says(under({ clauses: [clause({ purposes: ['border-management'] })] }, asked))).toBe('permits');
  });

  it('one clause has to permit all of them; two do not add up', () => {
    expect(says(withClauses(clause({ categories: ['crisis'] }), clause({ purposes: ['statistics'] })))).toBe('NO_PERMITTING_CLAUSE');
  });

  it.each<[string, readonly string[], string]>([
    ['the country of the area', ['GRC'], 'permits'],
    ['the area itself', ['GR-K'], 'permits'],
    ['a part of the area', ['GR-K1'], 'NO_PERMITTING_CLAUSE'],
    ['the world', ['WORLD'], 'permits'],
    ['a route that nobody can compare', ['eastern-route'], 'AREA_UNDECIDABLE'],
    ['a route and the country', ['eastern-route', 'GRC'], 'permits'],
    ['a place that nobody knows', ['GR-Q'], 'AREA_UNDECIDABLE'],
  ])('containment comes from the gazetteer: %s', (_, areas, expected) => {
    expect(says(withClauses(clause({ areas })))).toBe(expected);
  });

  it('an update about a place that nobody knows is not even of the world', () => {
    expect(says(under({}, { class: { area: 'GR-Q' } }))).toBe('AREA_UNDECIDABLE');
    expect(says(under({}, { class: { area: 'GR-Q' }, purpose: 'statistics' }))).toBe('NO_PERMITTING_CLAUSE');
  });

  it('gives every clause that permits, of every agreement in force', () => {
    const other = agreementOf({ id: 'exchange', clauses: [clause({ id: 'c2' }), clause({ id: 'c3', categories: [] })] });
    const verdict = under({}, {}, other);
    expect(verdict.pass && verdict.facts.map(({ id }) => id)).toEqual(['c1', 'c2']);
  });
});

describe('rule 3: and none that prohibits', () => {
  it('a prohibition goes on while its agreement is suspended, and ends with it', () => {
    const ban = (state: AgreementFacts['state']) => agreementOf({ id: 'ban', state, clauses: [prohibition()] });
    expect(says(under({}, {}, ban('suspended')))).toBe('PROHIBITED_BY_CLAUSE');
    expect(says(under({}, {}, ban('terminated')))).toBe('permits');
  });

  it('a prohibition beats every permission', () => {
    expect(says(withClauses(clause(), prohibition({ categories: ['movement'] })))).toBe('PROHIBITED_BY_CLAUSE');
  });

  it('an empty list in a prohibition means every value', () => {
    expect(says(withClauses(clause(), prohibition()))).toBe('PROHIBITED_BY_CLAUSE');
  });

  it.each<[string, Partial<Clause>, string]>([
    ['category', { categories: ['crisis'] }, 'permits'],
    ['purpose', { purposes: ['statistics'] }, 'permits'],
    ['area', { areas: ['TUR'] }, 'permits'],
    ['part of the area', { areas: ['GR-K1'] }, 'permits'],
    ['level', { levels: ['sealed'] }, 'permits'],
    ['owner', { owners: [RECIPIENT] }, 'permits'],
    ['recipient', { recipients: [OWNER] }, 'permits'],
    ['kind of recipient', { recipientKinds: ['ngo'] }, 'permits'],
    ['matching kind of recipient', { recipientKinds: ['un-agency'] }, 'PROHIBITED_BY_CLAUSE'],
    ['country of the area', { areas: ['GRC'] }, 'PROHIBITED_BY_CLAUSE'],
    ['area that nobody can compare', { areas: ['eastern-route'] }, 'AREA_UNDECIDABLE'],
    ['area that nobody can compare, of another category', { areas: ['eastern-route'], categories: ['crisis'] }, 'permits'],
  ])('about another %s it is silent: %j gives %s', (_, change, expected) => {
    expect(says(withClauses(clause(), prohibition(change)))).toBe(expected);
  });

  it('a prohibition in any agreement in force between both holds, and only in one that is', () => {
    const other = (change: Partial<AgreementFacts>) => agreementOf({ id: 'exchange', clauses: [prohibition()], ...change });
    expect(says(under({}, {}, other({})))).toBe('PROHIBITED_BY_CLAUSE');
    expect(says(under({}, {}, other({ parties: [OWNER, STRANGER] })))).toBe('permits');
    expect(says(under({}, {}, other({ state: 'draft' })))).toBe('permits');
    const later = other({ effectiveFrom: NOW + DAY });
    expect(under({}, {}, later)).toMatchObject({ pass: true, validUntil: NOW + DAY });
  });

  it('the kind of an agency that is not there matches no list of kinds', () => {
    const terms = { parties: [OWNER, STRANGER], clauses: [clause({ recipientKinds: ['un-agency'] })] };
    expect(says(under(terms, { recipient: { agency: STRANGER } }))).toBe('NO_PERMITTING_CLAUSE');
    expect(says(under(terms, { recipient: { agency: STRANGER } }, agency({ id: STRANGER })))).toBe('permits');
  });
});
