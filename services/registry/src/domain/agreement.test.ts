import fc from 'fast-check';
import { agencyId } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { decideAgreement, decideDraft, type Agreement, type AgreementCommand } from './agreement.ts';
import { canonicalText } from './agreement-text.ts';
import { DAY, GAZETTEER, keyPair, NOW, permission, prohibition, proposed } from './domain.testing.ts';
import { isSignatureOf } from '../application/ed25519.ts';
import { checkTerms } from './terms.ts';

const PARTIES = ['relief', 'harbour', 'lookout'].map((id) => ({ id: agencyId(id), pair: keyPair(id) }));
const [RELIEF, HARBOUR, LOOKOUT] = PARTIES.map(({ id }) => id);
const draft = (): Agreement =>
  decideDraft(checkTerms(proposed({ parties: PARTIES.map(({ id }) => id) }), GAZETTEER)).resource.value;
const signature = (agreement: Agreement, { id, pair }: (typeof PARTIES)[number]): AgreementCommand => ({
  kind: 'sign',
  party: id,
  keyId: pair.key.id,
  key: pair.key,
  signature: pair.sign(canonicalText(agreement)),
});
const apply = (agreement: Agreement, ...commands: readonly AgreementCommand[]): Agreement =>
  commands.reduce((current, command) => decideAgreement(command, current, NOW, isSignatureOf).resource.value, agreement);
const inForce = (): Agreement => apply(draft(), ...PARTIES.map((party) => signature(draft(), party)));
const on = (kind: 'suspend' | 'terminate', party = RELIEF): AgreementCommand => ({
  kind,
  party: party ?? agencyId('none'),
  reason: 'a dispute',
  expectedVersion: 0,
});
const resume = (party = RELIEF): AgreementCommand => ({ kind: 'resume', party: party ?? agencyId('none'), expectedVersion: 0 });

describe('an agreement', () => {
  it('is in force with the last signature, not before', () => {
    const states = PARTIES.map((_, i) => apply(draft(), ...PARTIES.slice(0, i + 1).map((party) => signature(draft(), party))).state);
    expect(states).toEqual(['draft', 'draft', 'in-force']);
  });

  it.each<[string, () => Agreement, AgreementCommand, string]>([
    ['suspending a draft', draft, on('suspend'), 'STATE_FORBIDS'],
    ['resuming what is in force', inForce, resume(), 'STATE_FORBIDS'],
    ['suspending twice', () => apply(inForce(), on('suspend')), on('suspend', HARBOUR), 'STATE_FORBIDS'],
    ['a resumption by another party', () => apply(inForce(), on('suspend')), resume(HARBOUR), 'PERMISSION_DENIED'],
    ['terminating twice', () => apply(inForce(), on('terminate')), on('terminate'), 'STATE_FORBIDS'],
    ['resuming what is terminated', () => apply(inForce(), on('suspend'), on('terminate')), resume(), 'STATE_FORBIDS'],
    ['a version that has passed', inForce, { ...on('suspend'), expectedVersion: 1 } as AgreementCommand, 'VERSION_CONFLICT'],
    ['no reason', inForce, { ...on('suspend'), reason: '' } as AgreementCommand, 'INVALID_ARGUMENT'],
  ])('refuses %s', (_, before, command, reason) => {
    expect(() => decideAgreement(command, before(), NOW, isSignatureOf)).toThrow(expect.objectContaining({ reason }));
  });

  it('remembers who suspended it until that party resumes it', () => {
    const suspended = apply(inForce(), on('suspend', LOOKOUT));
    expect(suspended).toMatchObject({ state: 'suspended', endedBy: 'lookout' });
    const resumed = apply(suspended, resume(LOOKOUT));
    expect(resumed.state).toBe('in-force');
    expect(resumed).not.toHaveProperty('endedBy');
    expect(apply(resumed, on('terminate', HARBOUR))).toMatchObject({ state: 'terminated', endedBy: 'harbour' });
  });

  it.each<[string, (agreement: Agreement) => Partial<Extract<AgreementCommand, { kind: 'sign' }>>]>([
    ['over another text', () => ({ signature: keyPair().sign(Buffer.from('another')) })],
    ['over other terms', (a) => ({ signature: PARTIES[0]?.pair.sign(canonicalText({ ...a, title: 'Other' })) ?? new Uint8Array() })],
    ['by a key that is not registered', () => ({ key: undefined })],
    ['by a key of another party', (a) => ({ signature: PARTIES[1]?.pair.sign(canonicalText(a)) ?? new Uint8Array() })],
    ['of no length', () => ({ signature: new Uint8Array() })],
  ])('refuses a signature %s', (_, change) => {
    const agreement = draft();
    const [party] = PARTIES;
    if (party === undefined) throw new Error('no party');
    const command = { ...signature(agreement, party), ...change(agreement) } as AgreementCommand;
    expect(() => decideAgreement(command, agreement, NOW, isSignatureOf)).toThrow(expect.objectContaining({ reason: 'SIGNATURE_INVALID' }));
  });

  it.each([
    ['not yet valid', { validFrom: NOW + 1 }],
    ['expired', { validUntil: NOW }],
    ['revoked', { revokedAt: NOW }],
  ])('refuses a signature of a key that is %s', (_, change) => {
    const pair = keyPair('x', change);
    const command = signature(draft(), { id: agencyId('relief'), pair });
    expect(() => decideAgreement(command, draft(), NOW, isSignatureOf)).toThrow(expect.objectContaining({ reason: 'SIGNATURE_INVALID' }));
  });

  it('takes no signature after its end, and each party’s only once', () => {
    const [party] = PARTIES;
    if (party === undefined) throw new Error('no party');
    const late = { ...party, pair: keyPair('late', { validUntil: NOW + 1000 * DAY }) };
    const end = draft().expiresAt;
    expect(() => decideAgreement(signature(draft(), late), draft(), end, isSignatureOf)).toThrow(expect.objectContaining({ reason: 'STATE_FORBIDS' }));
    expect(decideAgreement(signature(draft(), late), draft(), end - 1, isSignatureOf).resource.value.signatures).toHaveLength(1);
    const once = apply(draft(), signature(draft(), party));
    expect(() => decideAgreement(signature(once, party), once, NOW, isSignatureOf)).toThrow(expect.objectContaining({ reason: 'STATE_FORBIDS' }));
  });

  it('is in force only if every party’s valid signature is on the canonical text, whatever is commanded', () => {
    const command = fc.oneof(
      fc.nat({ max: 2 }).map((i) => (a: Agreement) => signature(a, PARTIES[i] ?? fail())),
      fc.nat({ max: 2 }).map((i) => (a: Agreement) => ({ ...signature(a, PARTIES[i] ?? fail()), party: PARTIES[(i + 1) % 3]?.id }) as AgreementCommand),
      fc.nat({ max: 2 }).map((i) => (a: Agreement) => ({ ...signature({ ...a, title: 'Forged' }, PARTIES[i] ?? fail()) })),
      fc.constantFrom(on('suspend'), on('suspend', HARBOUR), on('terminate'), resume(), resume(HARBOUR)).map((c) => () => c),
    );
    // A signature moved to another party's name must not count: the key that verifies is that party's own.
    const keyOf = (party: string): Uint8Array => PARTIES.find(({ id }) => id === party)?.pair.key.publicKey ?? new Uint8Array();
    const withOwnKey = (c: AgreementCommand): AgreementCommand =>
      c.kind === 'sign' ? { ...c, key: PARTIES.find(({ id }) => id === c.party)?.pair.key } : c;
    fc.assert(
      fc.property(fc.array(command, { maxLength: 14 }), (commands) => {
        let current = draft();
        for (const make of commands) {
          try {
            current = decideAgreement(withOwnKey(make(current)), current, NOW, isSignatureOf).resource.value;
          } catch {
            continue;
          }
          const signedByAll = PARTIES.every(({ id }) =>
            current.signatures.some((s) => s.agency === id && isSignatureOf(keyOf(id), canonicalText(current), s.signature)),
          );
          if (current.state === 'in-force' || current.state === 'suspended') expect(signedByAll).toBe(true);
          if (signedByAll) expect(current.state).not.toBe('draft');
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is signed over a text whose bytes are fixed and do not move with its state', () => {
    const terms = checkTerms(proposed({ title: 'Übereinkunft', clauses: [permission(), prohibition()], group: 'task-force' }), GAZETTEER);
    expect(Buffer.from(canonicalText(terms)).toString()).toBe(
      'corridor.agreement.v1\n{"clauses":[' +
        '{"areas":["WORLD"],"categories":["movement"],"clauseId":"movements","effect":"permit","exact":false,' +
        '"highestPrecision":"admin1","levels":["aggregate"],"onwardSharing":"prohibited","owners":[],"purposes":["planning"],' +
        '"recipientKinds":[],"recipients":[],"retentionDays":0,"secretariatBound":false,"watermark":false,"withoutBreakdown":false},' +
        '{"areas":["WORLD"],"categories":["movement"],"clauseId":"never","effect":"prohibit","exact":false,' +
        '"highestPrecision":"country","levels":["aggregate"],"onwardSharing":"prohibited","owners":[],"purposes":["planning"],' +
        '"recipientKinds":[],"recipients":[],"retentionDays":0,"secretariatBound":false,"watermark":false,"withoutBreakdown":false}],' +
        '"effectiveTime":"2026-11-21T12:00:00.000Z","expireTime":"2027-11-21T12:00:00.000Z","group":"groups/task-force",' +
        '"name":"agreements/exchange","parties":["agencies/relief","agencies/harbour"],"template":"information-sharing-protocol",' +
        '"title":"Übereinkunft"}',
    );
    expect(canonicalText(inForce())).toEqual(canonicalText(draft()));
  });
});

describe('terms', () => {
  it.each([
    ['one party', { parties: [agencyId('relief')] }, 'INVALID_ARGUMENT'],
    ['a party twice', { parties: [agencyId('relief'), agencyId('relief')] }, 'INVALID_ARGUMENT'],
    ['the operator as a party', { parties: [agencyId('relief'), agencyId('operator')] }, 'INVALID_ARGUMENT'],
    ['an unknown template', { template: 'handshake' }, 'INVALID_ARGUMENT'],
    ['a bilateral exchange of three', { template: 'bilateral-exchange', parties: PARTIES.map(({ id }) => id) }, 'INVALID_ARGUMENT'],
    ['a bilateral exchange with a group', { template: 'bilateral-exchange', group: 'task-force' }, 'INVALID_ARGUMENT'],
    ['no title', { title: '' }, 'INVALID_ARGUMENT'],
    ['an end before the beginning', { expiresAt: NOW }, 'INVALID_ARGUMENT'],
    ['no clause', { clauses: [] }, 'INVALID_ARGUMENT'],
    ['a clause id twice', { clauses: [permission(), permission()] }, 'INVALID_ARGUMENT'],
    ['an owner who is no party', { clauses: [permission({ owners: [agencyId('stranger')] })] }, 'INVALID_ARGUMENT'],
    ['a recipient who is no party', { clauses: [permission({ recipients: [agencyId('stranger')] })] }, 'INVALID_ARGUMENT'],
    ['an area of no gazetteer', { clauses: [permission({ areas: ['nowhere'] })] }, 'UNKNOWN_PLACE'],
    ['a retention too long', { clauses: [permission({ retentionDays: 3661 })] }, 'INVALID_ARGUMENT'],
    ['a prohibition that grants exact views', { clauses: [prohibition({ exact: true })] }, 'INVALID_ARGUMENT'],
    ['a prohibition that limits precision', { clauses: [prohibition({ highestPrecision: 'admin1' })] }, 'INVALID_ARGUMENT'],
  ])('refuse %s', (_, change, reason) => {
    expect(() => checkTerms(proposed(change), GAZETTEER)).toThrow(expect.objectContaining({ reason }));
  });

  it('may name places, WORLD, and parties', () => {
    const clause = permission({ areas: ['WORLD', 'ITA', 'central-mediterranean'], owners: [agencyId('relief')], recipients: [agencyId('harbour')] });
    expect(checkTerms(proposed({ clauses: [clause, prohibition()] }), GAZETTEER).clauses).toHaveLength(2);
  });
});

function fail(): never {
  throw new Error('no such party');
}
