import { Envelope } from '@corridor/contracts/common/v1/envelope';
import { ManualClock, utf8 } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { newEnvelope, newRecord, readEnvelope, sealedFor } from './record.ts';

const clock = new ManualClock(Date.UTC(2026, 10, 21, 12));
const parts = { type: 'corridor.registry.v1.RegistryEvent', subject: 'agencies/unhcr', version: 3, source: '/registry', payload: utf8('x') };

describe('a record', () => {
  it('carries its envelope and copies of its fields', () => {
    const envelope = newEnvelope(parts, clock);
    const record = newRecord(envelope);
    expect(record.key).toBe('agencies/unhcr');
    expect(record.headers).toEqual({
      ce_id: envelope.id,
      ce_type: 'corridor.registry.v1.RegistryEvent',
      ce_source: '/registry',
      ce_time: '2026-11-21T12:00:00.000Z',
      'content-type': 'application/protobuf',
    });
    expect(readEnvelope(record)).toEqual(envelope);
    expect(readEnvelope({ ...record, headers: { ...record.headers, traceparent: '00-1-2-01' } }).version).toBe(3n);
  });

  it('that is sealed binds the body to id, type and subject', () => {
    const bound: Uint8Array[] = [];
    const seal = (clear: Uint8Array, additionalData: Uint8Array) => {
      bound.push(additionalData);
      return { keyId: 'k', nonce: Buffer.alloc(12), ciphertext: Buffer.from(clear) };
    };
    const { payload: _, ...head } = parts;
    const envelope = newEnvelope({ ...head, clear: utf8('secret'), sealWith: { seal } }, clock);
    expect(bound).toEqual([utf8(`${envelope.id}\0${envelope.type}\0agencies/unhcr\0`)]);
    expect(sealedFor(envelope)).toEqual(bound[0]);
    expect(readEnvelope(newRecord(envelope)).body).toMatchObject({ $case: 'sealed', value: { keyId: 'k' } });
  });

  it('is damaged when key, a header or a part of the envelope is not what it was', () => {
    const envelope = newEnvelope(parts, clock);
    const record = newRecord(envelope);
    const damaged = [
      { ...record, key: 'agencies/iom' },
      { ...record, envelope: Buffer.from([0xff, 0xff]) },
      { ...record, envelope: Envelope.encode({ ...envelope, time: undefined }).finish() },
      { ...record, envelope: Envelope.encode({ ...envelope, body: undefined }).finish() },
      ...Object.keys(record.headers).map((name) => ({ ...record, headers: { ...record.headers, [name]: 'other' } })),
    ];
    for (const wrong of damaged) expect(() => readEnvelope(wrong)).toThrow(expect.objectContaining({ reason: 'DATABASE_DAMAGED' }));
  });
});
