import { describe, expect, it } from 'vitest';
import type { ConsentFacts, PolicyEvent } from '../facts.ts';
import { consent as consentOf, DAY, group, GROUP, NOW, OWNER, question, RECIPIENT, stateWith, STRANGER } from '../scene.testing.ts';
import { consent } from './consent.ts';

const under = (change: Partial<ConsentFacts>, ...events: readonly PolicyEvent[]) =>
  consent(question(), stateWith(consentOf(change), ...events), NOW);

describe('rule 4: a SharingConsent of the owner in force covers recipient, category and purpose', () => {
  it('is good until a date, exclusive', () => {
    expect(under({ expiresAt: NOW + 5 * DAY })).toEqual({ pass: true, facts: undefined, validUntil: NOW + 5 * DAY });
    expect(under({ expiresAt: NOW + 1 }).pass).toBe(true);
    expect(under({ expiresAt: NOW })).toEqual({ pass: false, reason: 'NO_CONSENT', validUntil: Infinity });
  });

  it.each<[string, Partial<ConsentFacts>]>([
    ['it was revoked', { revoked: true }],
    ["it is another owner's", { owner: RECIPIENT }],
    ['it is for another recipient', { recipient: { kind: 'agency', id: STRANGER } }],
    ['it is for another category', { categories: ['crisis'] }],
    ['it names no category', { categories: [] }],
    ['it is for another purpose', { purposes: ['statistics'] }],
    ['it names no purpose', { purposes: [] }],
    ['its group is unknown', { recipient: { kind: 'group', id: 'no-such-group' } }],
  ])('covers nothing when %s', (_, change) => {
    expect(under(change)).toMatchObject({ pass: false, reason: 'NO_CONSENT', validUntil: Infinity });
  });

  it('covers the members of a group at its present epoch', () => {
    const toGroup = { recipient: { kind: 'group', id: GROUP } } as const;
    expect(under(toGroup).pass).toBe(true);
    expect(under(toGroup, group({ members: [OWNER] })).pass).toBe(false);
    expect(under(toGroup, group({ members: [] })).pass).toBe(false);
    expect(under(toGroup, group({ closed: true })).pass).toBe(false);
  });

  it('two consents that each cover a part do not add up', () => {
    const half = consentOf({ id: 'harbour-aid/k2', categories: ['movement'], purposes: ['statistics'] });
    expect(under({ categories: ['crisis'] }, half).pass).toBe(false);
  });

  it('one of several is enough; time may change it when the first of those that cover expires', () => {
    const second = consentOf({ id: 'harbour-aid/k2', expiresAt: NOW + 3 * DAY });
    expect(under({ expiresAt: NOW + 9 * DAY }, second)).toMatchObject({ pass: true, validUntil: NOW + 3 * DAY });
    expect(under({ revoked: true }, second)).toMatchObject({ pass: true, validUntil: NOW + 3 * DAY });
  });
});
