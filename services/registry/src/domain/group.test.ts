import fc from 'fast-check';
import { agencyId } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { agency, keyPair } from './domain.testing.ts';
import { isSignatureOf } from '../application/ed25519.ts';
import { decideGroup, decideGroupCreation, epochText, type Group, type GroupCommand } from './group.ts';

const node = keyPair();
const CONVENER = agencyId('relief');
const created = (): Group => decideGroupCreation('task-force', 'Task force', CONVENER, node.sign).resource.value;
const add = (id: string, expectedVersion = 0): GroupCommand => ({ kind: 'add-member', member: agency(id), expectedVersion });
const remove = (id: string, expectedVersion = 0): GroupCommand => ({ kind: 'remove-member', member: agencyId(id), expectedVersion });
const apply = (group: Group, ...commands: readonly GroupCommand[]): Group =>
  commands.reduce((current, command) => decideGroup(command, current, node.sign).resource.value, group);

describe('a sharing group', () => {
  it('begins with its convener at epoch 1', () => {
    expect(created()).toMatchObject({ version: 1, members: ['relief'], convener: 'relief', closed: false });
  });

  it.each<[string, Group, GroupCommand, string]>([
    ['a member twice', created(), add('relief'), 'STATE_FORBIDS'],
    ['a member that is not active', created(), { kind: 'add-member', member: agency('harbour', 'suspended'), expectedVersion: 0 }, 'AGENCY_NOT_ACTIVE'],
    ['the removal of a stranger', created(), remove('harbour'), 'NOT_FOUND'],
    ['the convener leaving before the others', apply(created(), add('harbour')), remove('relief'), 'STATE_FORBIDS'],
    ['an older epoch', apply(created(), add('harbour')), add('lookout', 1), 'VERSION_CONFLICT'],
    ['members after it was closed', apply(created(), remove('relief')), add('harbour'), 'STATE_FORBIDS'],
  ])('refuses %s', (_, group, command, reason) => {
    expect(() => decideGroup(command, group, node.sign)).toThrow(expect.objectContaining({ reason }));
  });

  it('without its convener is nobody and closed for good', () => {
    expect(apply(created(), add('harbour'), remove('harbour'), remove('relief'))).toMatchObject({ members: [], closed: true, version: 4 });
  });

  it('has epochs that strictly grow and are each signed over exactly their members', () => {
    const ids = ['relief', 'harbour', 'lookout', 'beacon'];
    const command = fc.oneof(fc.constantFrom(...ids).map((id) => add(id)), fc.constantFrom(...ids).map((id) => remove(id)));
    fc.assert(
      fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
        let current = created();
        for (const one of commands) {
          let next: Group;
          try {
            next = decideGroup(one, current, node.sign).resource.value;
          } catch {
            continue;
          }
          expect(next.version).toBe(current.version + 1);
          expect(isSignatureOf(node.key.publicKey, epochText(next), next.epochSignature)).toBe(true);
          expect(isSignatureOf(node.key.publicKey, epochText(next), current.epochSignature)).toBe(false);
          expect(next.members.length === 0).toBe(next.closed);
          current = next;
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is signed over a text whose bytes are fixed', () => {
    expect(Buffer.from(epochText({ id: 'task-force', version: 3, members: [agencyId('relief'), agencyId('harbour')] })).toString()).toBe(
      'corridor.group-epoch.v1\n{"epoch":3,"members":["agencies/relief","agencies/harbour"],"name":"groups/task-force"}',
    );
  });
});
