import { describe, expect, it } from 'vitest';
import { agency, DAY, keyPair, NOW } from './domain.testing.ts';
import { isSignatureOf } from '../application/ed25519.ts';
import { isSoundPublicKey } from './ed25519.ts';
import { decideSigningKey, isValidAt } from './signing-key.ts';

const { key } = keyPair('first');
const WITH_KEY = { ...agency('relief'), signingKeys: [key] };

describe('a signing key', () => {
  it.each([
    ['a short public key', { publicKey: new Uint8Array(31) }, 'INVALID_ARGUMENT'],
    ['a public key of small order', { publicKey: new Uint8Array(32) }, 'INVALID_ARGUMENT'],
    ['an end before its beginning', { validFrom: NOW + DAY, validUntil: NOW + DAY }, 'INVALID_ARGUMENT'],
    ['an end in the past', { validFrom: NOW - DAY, validUntil: NOW }, 'INVALID_ARGUMENT'],
    ['an id that is taken', { id: 'first' }, 'ALREADY_EXISTS'],
    ['a public key that is registered', { publicKey: key.publicKey }, 'ALREADY_EXISTS'],
  ])('refuses %s', (_, change, reason) => {
    const command = { kind: 'add-key' as const, key: { ...keyPair('second').key, ...change } };
    expect(() => decideSigningKey(command, WITH_KEY, NOW)).toThrow(expect.objectContaining({ reason }));
  });

  it('is added, and revoked once, without making room for its id', () => {
    const { key: second } = keyPair('second');
    const added = decideSigningKey({ kind: 'add-key', key: second }, WITH_KEY, NOW).resource.value;
    expect(added.signingKeys.map(({ id }) => id)).toEqual(['first', 'second']);
    const revoked = decideSigningKey({ kind: 'revoke-key', keyId: 'first' }, added, NOW).resource.value;
    expect(revoked.signingKeys.map(({ revokedAt }) => revokedAt)).toEqual([NOW, undefined]);
    expect(() => decideSigningKey({ kind: 'revoke-key', keyId: 'first' }, revoked, NOW)).toThrow(/revoked/);
    expect(() => decideSigningKey({ kind: 'add-key', key: keyPair('first').key }, revoked, NOW)).toThrow(/registered/);
    expect(() => decideSigningKey({ kind: 'revoke-key', keyId: 'third' }, revoked, NOW)).toThrow(/no key/);
  });

  it('counts from its beginning until its end or revocation', () => {
    const span = { ...key, validFrom: 10, validUntil: 20 };
    expect([9, 10, 19, 20].map((now) => isValidAt(span, now))).toEqual([false, true, true, false]);
    expect([14, 15].map((now) => isValidAt({ ...span, revokedAt: 15 }, now))).toEqual([true, false]);
  });

  it.each([
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0100000000000000000000000000000000000000000000000000000000000080',
  ])('is unsound when it is the point of small order %s', (hex) => {
    expect(isSoundPublicKey(Buffer.from(hex, 'hex'))).toBe(false);
    expect(isSoundPublicKey(keyPair().key.publicKey)).toBe(true);
  });

  it('accepts its own signature over the same text alone', () => {
    const pair = keyPair();
    const text = Buffer.from('a text');
    expect(isSignatureOf(pair.key.publicKey, text, pair.sign(text))).toBe(true);
    expect(isSignatureOf(pair.key.publicKey, Buffer.from('a Text'), pair.sign(text))).toBe(false);
    expect(isSignatureOf(keyPair().key.publicKey, text, pair.sign(text))).toBe(false);
    expect(isSignatureOf(pair.key.publicKey, text, pair.sign(text).subarray(1))).toBe(false);
  });
});
