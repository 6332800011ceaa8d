import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { actorId, agencyId, ManualClock } from '@corridor/kernel';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { issueToken, TokenVerifier } from './tokens.ts';

const actor = { agency: agencyId('unhcr'), actor: actorId('a7') };
const start = 1_800_000_000_000;
const HOUR = 3_600_000;

function node() {
  const clock = new ManualClock(start);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const known = new Map<string, KeyObject>([['tokens-1', publicKey]]);
  const verifier = new TokenVerifier({ tokenKey: (id) => known.get(id) }, clock);
  const pair = { keyId: 'tokens-1', privateKey, publicKey: new Uint8Array(32) };
  return { clock, known, verifier, pair, issue: () => issueToken(pair, actor, { clock, lifetimeMs: HOUR, id: 'jti-1' }) };
}

const claims = { iss: 'corridor/registry', aud: 'corridor', sub: 'agencies/unhcr/actors/a7', jti: 'x', iat: start / 1000, exp: start / 1000 + 60 };
const signed = (key: KeyObject | Uint8Array, changed: object = {}, header: { alg: string; kid?: string } = { alg: 'EdDSA', kid: 'tokens-1' }) =>
  new SignJWT({ ...claims, ...changed }).setProtectedHeader(header).sign(key);

describe('a token', () => {
  it('says who holds it until it expires, and not a millisecond longer', async () => {
    const { clock, verifier, issue } = node();
    const { token, expiresAt } = await issue();
    expect(expiresAt).toBe(start + HOUR);
    expect(await verifier.verify(token)).toEqual({ ...actor, expiresAt });
    clock.advance(HOUR - 1);
    expect(await verifier.verify(token)).toEqual({ ...actor, expiresAt });
    clock.advance(1);
    await expect(verifier.verify(token)).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' });
    await expect(verifier.verify(token)).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' });
  });

  it('carries no roles: what its holder may do is asked at each call', async () => {
    const { token } = await node().issue();
    const payload: unknown = JSON.parse(String(Buffer.from(token.split('.')[1] ?? '', 'base64url')));
    expect(payload).toEqual({ ...claims, jti: 'jti-1', exp: (start + HOUR) / 1000 });
  });

  it('that anybody else made, for anything else, is refused in the same words', async () => {
    const { verifier, pair, issue, known } = node();
    const { token } = await issue();
    const stranger = generateKeyPairSync('ed25519');
    const [header = '', payload = '', signature = ''] = token.split('.');
    const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const publicBytes = Buffer.from(known.get('tokens-1')?.export({ format: 'jwk' }).x ?? '', 'base64url');
    const wrong = [
      '',
      'a.b.c',
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}.${encoded({ ...claims, sub: 'agencies/unhcr/actors/boss' })}.${signature}`,
      `${encoded({ alg: 'none' })}.${payload}.`,
      `${encoded({ alg: 'none', kid: 'tokens-1' })}.${payload}.${signature}`,
      await signed(stranger.privateKey),
      await signed(pair.privateKey, {}, { alg: 'EdDSA' }),
      await signed(pair.privateKey, {}, { alg: 'EdDSA', kid: 'epochs-1' }),
      await signed(pair.privateKey, {}, { alg: 'Ed25519', kid: 'tokens-1' }),
      await signed(publicBytes, {}, { alg: 'HS256', kid: 'tokens-1' }),
      await signed(pair.privateKey, { iss: 'elsewhere' }),
      await signed(pair.privateKey, { iss: undefined }),
      await signed(pair.privateKey, { aud: 'other' }),
      await signed(pair.privateKey, { exp: undefined }),
      await signed(pair.privateKey, { exp: start / 1000 }),
      await signed(pair.privateKey, { jti: undefined }),
      await signed(pair.privateKey, { sub: 'agencies/unhcr' }),
      await signed(pair.privateKey, { nbf: start / 1000 + 30 }),
      token.padEnd(5000, 'A'),
    ];
    const errors = await Promise.all(wrong.map((each) => verifier.verify(each).catch((error: unknown) => String(error))));
    expect(new Set(errors).size).toBe(1);
    expect(errors[0]).toContain('valid token');
    expect(await verifier.verify(await signed(pair.privateKey))).toEqual({ ...actor, expiresAt: start + 60_000 });
  });

  it('under a key that the registry has not published is refused', async () => {
    const { verifier, issue, known } = node();
    const { token } = await issue();
    known.clear();
    await expect(verifier.verify(token)).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' });
  });
});
