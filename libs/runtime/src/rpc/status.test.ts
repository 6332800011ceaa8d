import { CorridorError } from '@corridor/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeStatus, encodeStatus, errorOf, statusOf } from './status.ts';

describe('a status', () => {
  it('has the bytes of google.rpc.Status with one ErrorInfo', () => {
    const status = { code: 5, message: 'no', info: { reason: 'NOT_FOUND', domain: 'corridor', metadata: { field: 'name' } }, retryAfterMs: undefined };
    // Written by hand from google/rpc/status.proto, google/protobuf/any.proto and google/rpc/error_details.proto.
    const info = `0a09${hex('NOT_FOUND')}1208${hex('corridor')}1a0d0a05${hex('field')}1204${hex('name')}`;
    const any = `0a28${hex('type.googleapis.com/google.rpc.ErrorInfo')}12${length(info)}${info}`;
    expect(Buffer.from(encodeStatus(status)).toString('hex')).toBe(`08051202${hex('no')}1a${length(any)}${any}`);
  });

  it('has a RetryInfo behind it when trying again helps', () => {
    const status = { code: 14, message: '', info: undefined, retryAfterMs: 2500 };
    // 2 s and 500,000,000 ns.
    const retry = `0a08080210${'80cab5ee01'}`;
    const any = `0a28${hex('type.googleapis.com/google.rpc.RetryInfo')}12${length(retry)}${retry}`;
    expect(Buffer.from(encodeStatus(status)).toString('hex')).toBe(`080e1a${length(any)}${any}`);
    expect(statusOf(new CorridorError('UNAVAILABLE', 'the broker is away')).retryAfterMs).toBe(1000);
    expect(statusOf(new CorridorError('NOT_FOUND', 'no')).retryAfterMs).toBeUndefined();
  });

  it('comes back from its bytes', () => {
    const text = fc.string({ unit: 'grapheme' });
    const status = fc.record({
      code: fc.nat({ max: 16 }),
      message: text,
      info: fc.option(
        fc.record({ reason: text, domain: text, metadata: fc.dictionary(text, text, { noNullPrototype: true }) }),
        { nil: undefined },
      ),
      retryAfterMs: fc.option(fc.nat({ max: 86_400_000 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(status, (each) => {
        expect(decodeStatus(encodeStatus(each))).toEqual(each);
      }),
    );
  });

  it('is read from any bytes without harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const status = decodeStatus(bytes);
        expect(status === undefined || typeof status.message === 'string').toBe(true);
      }),
    );
    expect(decodeStatus(Buffer.from([0xff]))).toBeUndefined();
  });

  it('tells the reason, the facts and what to do, and gives the error back', () => {
    const error = new CorridorError('UNKNOWN_PLACE', 'area XYZ is not in the gazetteer', { field: 'area' });
    const status = statusOf(error);
    expect(status).toEqual({
      code: 3,
      message: `area XYZ is not in the gazetteer. ${error.todo}`,
      info: { reason: 'UNKNOWN_PLACE', domain: 'corridor', metadata: { field: 'area' } },
      retryAfterMs: undefined,
    });
    expect(errorOf(status)).toMatchObject({ reason: 'UNKNOWN_PLACE', message: status.message, metadata: { field: 'area' } });
    expect(errorOf({ ...status, info: undefined })).toBeUndefined();
    expect(errorOf({ ...status, info: { reason: 'toString', domain: 'corridor', metadata: {} } })).toBeUndefined();
    expect(errorOf({ ...status, info: { reason: 'UNKNOWN_PLACE', domain: 'other', metadata: {} } })).toBeUndefined();
  });

  it('tells nothing of what is internal, and fits into trailers', () => {
    const secret = new CorridorError('INTERNAL', 'secret', { row: 'secret' });
    expect(JSON.stringify(statusOf(secret))).not.toContain('secret');
    const long = statusOf(new CorridorError('INVALID_ARGUMENT', `${'x'.repeat(999)}\u{1f600}`, { field: 'y'.repeat(5000) }));
    expect(encodeStatus(long).length).toBeLessThan(4000);
    expect(long.message.isWellFormed()).toBe(true);
  });
});

const hex = (text: string): string => Buffer.from(text).toString('hex');
const length = (bytes: string): string => (bytes.length / 2).toString(16).padStart(2, '0');
