import fc from 'fast-check';
import { actorId, agencyId } from '@corridor/kernel';
import type { Role } from '@corridor/policy';
import { describe, expect, it } from 'vitest';
import { decideActor, firstActor, isNarrower, type ActorCommand } from './actors.ts';
import { actor, agency, organisation } from './domain.testing.ts';
import { emptyOrganisation, evolve, type Organisation } from './organisation.ts';

const ADA = actor('relief', 'ada', 'administrator', 'reader');
const BEN = actor('relief', 'ben', 'administrator');
const CLO = actor('relief', 'clo', 'publisher');
const RELIEF = organisation(agency('relief'), ADA, CLO);

const setRoles = (id: string, ...roles: readonly Role[]): ActorCommand => ({
  kind: 'set-roles',
  actor: actorId(id),
  roles,
  expectedVersion: 0,
});
const retire = (id: string): ActorCommand => ({ kind: 'retire', actor: actorId(id) });
const add = (id: string, ...roles: readonly Role[]): ActorCommand => ({
  kind: 'add-actor',
  actor: { id: actorId(id), roles, secretId: 'secret' },
});

describe('actors', () => {
  it.each<[string, ActorCommand, Organisation, string]>([
    ['the last administrator retiring', retire('ada'), RELIEF, 'STATE_FORBIDS'],
    ['the last administrator losing the role', setRoles('ada', 'reader'), RELIEF, 'STATE_FORBIDS'],
    ['the operator role outside the operator', add('dan', 'operator'), RELIEF, 'INVALID_ARGUMENT'],
    ['the operator role given later', setRoles('clo', 'operator'), RELIEF, 'INVALID_ARGUMENT'],
    ['no role', add('dan'), RELIEF, 'INVALID_ARGUMENT'],
    ['a role twice', add('dan', 'reader', 'reader'), RELIEF, 'INVALID_ARGUMENT'],
    ['an id that is taken', add('clo', 'reader'), RELIEF, 'ALREADY_EXISTS'],
    ['an unknown actor', retire('nobody'), RELIEF, 'NOT_FOUND'],
    ['another version', { kind: 'set-roles', actor: CLO.id, roles: ['reader'], expectedVersion: 2 }, RELIEF, 'VERSION_CONFLICT'],
  ])('refuse %s', (_, command, of, reason) => {
    expect(() => decideActor(command, of)).toThrow(expect.objectContaining({ reason }));
  });

  it('let an administrator go when another one stays', () => {
    const two = organisation(agency('relief'), ADA, BEN);
    expect(decideActor(retire('ada'), two).resource.value).toMatchObject({ retired: true, version: 2 });
    expect(decideActor(setRoles('ada', 'reader'), two).resource.value.roles).toEqual(['reader']);
  });

  it('do not count a retired administrator as one that stays', () => {
    const withRetired = organisation(agency('relief'), ADA, { ...BEN, retired: true });
    expect(() => decideActor(retire('ada'), withRetired)).toThrow(expect.objectContaining({ reason: 'STATE_FORBIDS' }));
  });

  it('let the last administrator of a withdrawn agency go', () => {
    expect(decideActor(retire('ada'), organisation(agency('relief', 'withdrawn'), ADA)).resource.value.retired).toBe(true);
  });

  it('refuse everything to a retired actor, and its id to others', () => {
    const gone = organisation(agency('relief'), ADA, { ...CLO, retired: true });
    for (const command of [retire('clo'), setRoles('clo', 'reader'), { kind: 'replace-secret' as const, actor: CLO.id, secretId: 'x' }]) {
      expect(() => decideActor(command, gone)).toThrow(expect.objectContaining({ reason: 'STATE_FORBIDS' }));
    }
    expect(() => decideActor(add('clo', 'reader'), gone)).toThrow(expect.objectContaining({ reason: 'ALREADY_EXISTS' }));
  });

  it('of the operator are operators and administrators only, and the last operator stays', () => {
    const operator = evolve(emptyOrganisation(agencyId('operator')), {
      cause: 'founding',
      resource: { kind: 'actor', value: actor('operator', 'ops', 'operator') },
    });
    expect(() => decideActor(add('dan', 'reader'), operator)).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
    expect(() => decideActor(retire('ops'), operator)).toThrow(expect.objectContaining({ reason: 'STATE_FORBIDS' }));
    expect(decideActor(add('dan', 'operator', 'administrator'), operator).resource.value.roles).toContain('operator');
  });

  it('that come first are administrators, of the operator operators', () => {
    const first = { id: actorId('ada'), secretId: 's' };
    expect(() => firstActor(agencyId('relief'), { ...first, roles: ['reader'] }, 'f')).toThrow(/administrator/);
    expect(() => firstActor(agencyId('operator'), { ...first, roles: ['administrator'] }, 'f')).toThrow(/operator/);
    expect(() => firstActor(agencyId('relief'), { ...first, roles: ['administrator', 'operator'] }, 'f')).toThrow(/operator/);
  });

  it('always leave an administrator, whatever is commanded', () => {
    const ids = ['ada', 'ben', 'clo'];
    const command = fc.oneof(
      fc.constantFrom(...ids).map(retire),
      fc
        .tuple(fc.constantFrom(...ids), fc.uniqueArray(fc.constantFrom<Role>('reader', 'administrator', 'publisher'), { minLength: 1 }))
        .map(([id, roles]) => setRoles(id, ...roles)),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        let current = organisation(agency('relief'), ADA, BEN, CLO);
        for (const one of commands) {
          try {
            current = evolve(current, decideActor(one, current));
          } catch {
            continue;
          }
        }
        expect([...current.actors.values()].some(({ retired, roles }) => !retired && roles.includes('administrator'))).toBe(true);
      }),
    );
  });

  it('are narrowed when a role is gone, not when one is added', () => {
    expect(isNarrower(['reader'], ['reader', 'publisher'])).toBe(true);
    expect(isNarrower(['publisher'], ['reader'])).toBe(true);
    expect(isNarrower(['reader', 'publisher'], ['reader'])).toBe(false);
  });
});
