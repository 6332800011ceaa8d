import { agencyId } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { counterparties } from './counterparties.ts';
import type { AgreementFacts, ConsentFacts, PolicyEvent } from './facts.ts';
import { agreement, consent, group, GROUP, NOW, OWNER, RECIPIENT, stateWith, STRANGER } from './scene.testing.ts';

const others = (...events: readonly PolicyEvent[]) => counterparties(OWNER, stateWith(...events), NOW);
const noConsent = consent({ revoked: true });

describe("what a preview may name: the owner's counterparties", () => {
  it.each<[AgreementFacts['state'], readonly string[]]>([
    ['draft', []],
    ['in-force', [RECIPIENT]],
    ['suspended', [RECIPIENT]],
    ['terminated', [RECIPIENT]],
  ])('by an agreement that is %s', (state, expected) => {
    expect(others(noConsent, agreement({ state }))).toEqual(expected);
  });

  it('by the group of an agreement', () => {
    const third = agencyId('coast-watch');
    expect(others(agreement({ parties: [OWNER, STRANGER], group: GROUP }), group({ members: [third] }))).toEqual([third, STRANGER, RECIPIENT].sort());
    const asMember = [agreement({ parties: [STRANGER, third], group: GROUP }), noConsent];
    expect(others(...asMember)).toEqual([third, STRANGER, RECIPIENT].sort());
    expect(others(...asMember, group({ members: [RECIPIENT] }))).toEqual([]);
  });

  it.each<[string, Partial<ConsentFacts>, readonly string[]]>([
    ['to an agency', {}, [RECIPIENT]],
    ['to a group', { recipient: { kind: 'group', id: GROUP } }, [RECIPIENT]],
    ['that was revoked', { revoked: true }, []],
    ['that has expired', { expiresAt: NOW }, []],
    ['of another owner', { owner: STRANGER }, []],
  ])('by a consent %s', (_, change, expected) => {
    expect(others(agreement({ state: 'draft' }), consent(change))).toEqual(expected);
  });

  it('nobody who deals with others only', () => {
    expect(counterparties(STRANGER, stateWith(), NOW)).toEqual([]);
  });
});
