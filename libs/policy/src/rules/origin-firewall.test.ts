import { describe, expect, it } from 'vitest';
import type { AgencyFacts } from '../facts.ts';
import { agency, clause, contains, forged, question, stateWith, STRANGER } from '../scene.testing.ts';
import { firewallUnder, originFirewall } from './origin-firewall.ts';

const behind = (change: Partial<AgencyFacts>) => originFirewall(question(), stateWith(agency(change)), contains);
const hidden = (change: Partial<AgencyFacts>, secretariatBound = false) => {
  const verdict = behind(change);
  return verdict.pass ? firewallUnder(verdict.facts, clause({ secretariatBound })) : verdict.reason;
};

describe('rule 6: the origin firewall', () => {
  it('an authority of State X never receives any count about nationals of X', () => {
    expect(hidden({ kind: 'state-authority', country: 'TUR' })).toEqual(['TUR']);
    expect(hidden({ kind: 'state-authority', country: 'TUR' }, true)).toEqual(['TUR']);
  });

  it('nor a body X is a member of, unless a clause forbids its secretariat to pass data on', () => {
    const body = { kind: 'regional-body', memberStates: ['TUR', 'GRC', 'TUR'] } as const;
    expect(hidden(body)).toEqual(['GRC', 'TUR']);
    expect(hidden(body, true)).toBeUndefined();
  });

  it.each(['un-agency', 'ngo', 'mission'] as const)('no State stands behind an agency of the kind %s', (kind) => {
    expect(hidden({ kind })).toBeUndefined();
  });

  it.each<[string, Partial<AgencyFacts>]>([
    ['an authority without a country', { kind: 'state-authority' }],
    ['an authority of a country that nobody knows', { kind: 'state-authority', country: 'XYZ' }],
    ['an authority of an area', { kind: 'state-authority', country: 'GR-K' }],
    ['a code in the wrong form', { kind: 'state-authority', country: 'tur' }],
    ['a body without members', { kind: 'regional-body' }],
    ['a body with a member that nobody knows', { kind: 'regional-body', memberStates: ['GRC', 'XYZ'] }],
  ])('where it is not known which State that is, nothing goes out: %s', (_, change) => {
    expect(hidden(change)).toBe('ORIGIN_FIREWALL');
    expect(hidden(change, true)).toBe('ORIGIN_FIREWALL');
  });

  it('of an agency that is not there nothing is known', () => {
    expect(originFirewall(question({ recipient: { agency: STRANGER } }), stateWith(), contains).pass).toBe(false);
  });

  it('of an agency of an unknown kind nothing goes out', () => {
    expect(behind({ kind: forged('cartel') })).toMatchObject({ reason: 'ORIGIN_FIREWALL' });
  });
});
