import { pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { describeUser, removeCredential, setCredential } from './scram.ts';

describe('a request to alter credentials (KIP-554)', () => {
  it('gives a user a password, of which only what is salted goes out', async () => {
    const credential = { user: 'corridor-partner-beta', mechanism: 'SCRAM-SHA-256', password: 'a password', iterations: 8192 } as const;
    const { request } = await setCredential(credential);
    expect(request).toMatchObject({ apiKey: 51, apiVersion: 0 });
    const { buffer } = await request.encode();
    // Tags of the header, no deletion, one upsertion: name, mechanism, iterations, salt and salted password, each with its length.
    const hex = buffer.toString('hex');
    const name = Buffer.from(credential.user);
    expect(hex.slice(0, 6)).toBe('000102');
    const upsertion = buffer.subarray(3);
    expect(upsertion.subarray(0, 1 + name.length)).toEqual(Buffer.from([name.length + 1, ...name]));
    const rest = upsertion.subarray(1 + name.length);
    expect(rest.subarray(0, 6).toString('hex')).toBe('010000200021');
    const salt = rest.subarray(6, 38);
    expect(rest[38]).toBe(33);
    expect(rest.subarray(39, 71)).toEqual(pbkdf2Sync(credential.password, salt, 8192, 32, 'sha256'));
    expect(rest.subarray(71).toString('hex')).toBe('0000');
    expect(buffer.includes(credential.password)).toBe(false);
    expect((await (await setCredential(credential)).request.encode()).buffer.equals(buffer)).toBe(false);
  });

  it('takes one away, and counts what is not there as taken', async () => {
    const { request, response } = removeCredential('u', 'SCRAM-SHA-512');
    expect((await request.encode()).buffer.toString('hex')).toBe('00' + '02' + '0275' + '02' + '00' + '01' + '00');
    const answer = (code: string): Buffer => Buffer.from(`00${'00000000'}02${'0275'}${code}00${'00'}00`, 'hex');
    expect(await response.decode(answer('005b'))).toEqual([{ user: 'u', errorCode: 0 }]);
    expect(await response.decode(answer('001f'))).toEqual([{ user: 'u', errorCode: 31 }]);
  });
});

describe('a request that describes a user', () => {
  it('tells how often the password of each mechanism is hashed', async () => {
    const { request, response } = describeUser('u');
    expect(request).toMatchObject({ apiKey: 50, apiVersion: 0 });
    expect((await request.encode()).buffer.toString('hex')).toBe('00' + '02' + '0275' + '00' + '00');
    const found = Buffer.from('00' + '00000000' + '0000' + '00' + '02' + '0275' + '0000' + '00' + '02' + '01' + '00002001' + '00' + '00' + '00', 'hex');
    expect(await response.decode(found)).toEqual({ user: 'u', errorCode: 0, iterations: new Map([['SCRAM-SHA-256', 8193]]) });
    const none = Buffer.from('00' + '00000000' + '0000' + '00' + '02' + '0275' + '005b' + '00' + '01' + '00' + '00', 'hex');
    expect(await response.decode(none)).toEqual({ user: 'u', errorCode: 0, iterations: new Map() });
  });
});
