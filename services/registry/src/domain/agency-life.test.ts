import fc from 'fast-check';
import { agencyId } from '@corridor/kernel';
import type { AgencyState } from '@corridor/policy';
import { describe, expect, it } from 'vitest';
import { decideLife, newAgency, type LifeCommand } from './agency-life.ts';
import { agency, GAZETTEER, profile } from './domain.testing.ts';

const ENDORSER = agency('harbour');
const COMMANDS: readonly LifeCommand[] = [
  { kind: 'endorse', by: ENDORSER },
  { kind: 'verify' },
  { kind: 'activate' },
  { kind: 'suspend', reason: 'a breach' },
  { kind: 'resume' },
  { kind: 'withdraw', reason: 'the end' },
];

/** From each state, what each command leads to; what is not listed is refused. Written down from domain.md, "Who". */
const ALLOWED: Readonly<Record<AgencyState, Partial<Record<LifeCommand['kind'], AgencyState>>>> = {
  applied: { endorse: 'endorsed', withdraw: 'withdrawn' },
  endorsed: { endorse: 'endorsed', verify: 'verified', withdraw: 'withdrawn' },
  verified: { activate: 'active', withdraw: 'withdrawn' },
  active: { suspend: 'suspended', withdraw: 'withdrawn' },
  suspended: { resume: 'active', withdraw: 'withdrawn' },
  withdrawn: {},
};
const STATES: readonly AgencyState[] = ['applied', 'endorsed', 'verified', 'active', 'suspended', 'withdrawn'];
const CASES = STATES.flatMap((state) => COMMANDS.map((command) => ({ state, command, kind: command.kind })));

describe('the life of an agency', () => {
  it.each(CASES)('$state, $kind', ({ state, command }) => {
    const before = { ...agency('relief', state), version: 7 };
    const to = ALLOWED[state][command.kind];
    if (to === undefined) {
      expect(() => decideLife(command, before)).toThrow(expect.objectContaining({ reason: 'STATE_FORBIDS' }));
    } else {
      expect(decideLife(command, before).resource.value).toMatchObject({ state: to, version: 8 });
    }
  });

  it('never leaves its graph, whatever is commanded, and never comes back from withdrawn', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...COMMANDS), { maxLength: 40 }), (commands) => {
        let current = agency('relief', 'applied');
        for (const command of commands) {
          const before = current;
          try {
            current = decideLife(command, current).resource.value;
          } catch {
            continue;
          }
          expect(ALLOWED[before.state][command.kind]).toBe(current.state);
          expect(current.version).toBe(before.version + 1);
          expect(before.state).not.toBe('withdrawn');
        }
        if (['verified', 'active', 'suspended'].includes(current.state)) expect(current.endorsedBy).toEqual(['harbour']);
      }),
    );
  });

  it('records why', () => {
    expect(decideLife({ kind: 'suspend', reason: 'a breach' }, agency('relief')).reason).toBe('a breach');
    const command: LifeCommand = { kind: 'suspend', reason: '' };
    expect(() => decideLife(command, agency('relief'))).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
  });

  it('refuses an endorsement by the applicant itself', () => {
    const self = agency('relief', 'applied');
    const active = { ...self, state: 'active' as const };
    expect(() => decideLife({ kind: 'endorse', by: active }, self)).toThrow(expect.objectContaining({ reason: 'STATE_FORBIDS' }));
  });

  it('refuses an endorsement by an agency that is not active', () => {
    for (const state of STATES.filter((one) => one !== 'active')) {
      expect(() => decideLife({ kind: 'endorse', by: agency('harbour', state) }, agency('relief', 'applied'))).toThrow(
        expect.objectContaining({ reason: 'AGENCY_NOT_ACTIVE' }),
      );
    }
  });

  it('counts an endorser once and keeps every other one', () => {
    const once = decideLife({ kind: 'endorse', by: ENDORSER }, agency('relief', 'applied')).resource.value;
    expect(() => decideLife({ kind: 'endorse', by: ENDORSER }, once)).toThrow(expect.objectContaining({ reason: 'STATE_FORBIDS' }));
    const twice = decideLife({ kind: 'endorse', by: agency('lookout') }, once).resource.value;
    expect(twice.endorsedBy).toEqual(['harbour', 'lookout']);
  });
});

describe('an application', () => {
  it.each([
    ['a State authority without country', { kind: 'state-authority' as const }, 'UNKNOWN_PLACE'],
    ['a State authority of no country of the gazetteer', { kind: 'state-authority' as const, country: 'XXX' }, 'UNKNOWN_PLACE'],
    ['a country of what is no State authority', { country: 'ITA' }, 'INVALID_ARGUMENT'],
    ['a regional body without member States', { kind: 'regional-body' as const }, 'INVALID_ARGUMENT'],
    ['a regional body with an unknown member', { kind: 'regional-body' as const, memberStates: ['ITA', 'XXX'] }, 'UNKNOWN_PLACE'],
    ['a regional body with a member twice', { kind: 'regional-body' as const, memberStates: ['ITA', 'ITA'] }, 'INVALID_ARGUMENT'],
    ['member States of what is no regional body', { memberStates: ['ITA'] }, 'INVALID_ARGUMENT'],
    ['a route in place of a country', { kind: 'state-authority' as const, country: 'central-mediterranean' }, 'UNKNOWN_PLACE'],
    ['an unknown area', { areas: ['nowhere'] }, 'UNKNOWN_PLACE'],
    ['no name', { displayName: '' }, 'INVALID_ARGUMENT'],
    ['a name too long', { displayName: 'x'.repeat(201) }, 'INVALID_ARGUMENT'],
    ['a name with control characters', { displayName: 'a\nb' }, 'INVALID_ARGUMENT'],
    ['the id of the operator', { id: agencyId('operator') }, 'INVALID_ARGUMENT'],
  ])('refuses %s', (_, change, reason) => {
    expect(() => newAgency(profile(change), 'applied', GAZETTEER, 'agency')).toThrow(expect.objectContaining({ reason }));
  });

  it('keeps the country of a State authority and the members of a regional body', () => {
    const authority = newAgency(profile({ kind: 'state-authority', country: 'ITA' }), 'applied', GAZETTEER, 'agency');
    expect(authority).toMatchObject({ country: 'ITA', memberStates: [], state: 'applied', version: 1 });
    const body = newAgency(profile({ kind: 'regional-body', memberStates: ['ITA', 'TUN'] }), 'applied', GAZETTEER, 'agency');
    expect(body.memberStates).toEqual(['ITA', 'TUN']);
    expect(body).not.toHaveProperty('country');
  });
});
