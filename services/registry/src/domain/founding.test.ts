import { actorId, agencyId } from '@corridor/kernel';
import type { Role } from '@corridor/policy';
import { describe, expect, it } from 'vitest';
import { GAZETTEER, profile } from './domain.testing.ts';
import { decideApplication, decideFounding, type FoundCommand } from './founding.ts';

const first = (id: string, ...roles: readonly Role[]) => ({ id: actorId(id), roles, secretId: `secret-of-${id}` });
const founded = (...ids: readonly string[]): FoundCommand => ({
  operator: first('ops', 'operator'),
  agencies: ids.map((id) => ({ profile: profile({ id: agencyId(id) }), firstActor: first(`${id}-admin`, 'administrator') })),
});

describe('the founding act', () => {
  it('enters the operator and two active agencies, each change recorded as founding', () => {
    const entries = decideFounding(founded('relief', 'harbour'), GAZETTEER);
    expect(entries.map(({ organisation }) => [organisation.id, organisation.agency?.state, [...organisation.actors.keys()]])).toEqual([
      ['operator', undefined, ['ops']],
      ['relief', 'active', ['relief-admin']],
      ['harbour', 'active', ['harbour-admin']],
    ]);
    expect(entries.flatMap(({ changes }) => changes.map(({ cause }) => cause))).toEqual(Array.from({ length: 5 }, () => 'founding'));
  });

  it.each([
    ['one agency', founded('relief')],
    ['three agencies', founded('relief', 'harbour', 'lookout')],
    ['the same agency twice', founded('relief', 'relief')],
    ['the operator as an agency', founded('relief', 'operator')],
    ['an operator without the role', { ...founded('relief', 'harbour'), operator: first('ops', 'administrator') }],
    ['an operator who reads', { ...founded('relief', 'harbour'), operator: first('ops', 'operator', 'reader') }],
  ])('refuses %s', (_, command) => {
    expect(() => decideFounding(command, GAZETTEER)).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
  });
});

describe('an application', () => {
  it('enters an agency that may do nothing yet, with its administrator', () => {
    const { organisation, changes } = decideApplication(profile(), first('ada', 'administrator'), GAZETTEER);
    expect(organisation.agency?.state).toBe('applied');
    expect(changes.map(({ cause }) => cause)).toEqual(['agency.applied', 'actor.added']);
  });
});
