import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, concat, equalBytes, fromUtf8, sha256, toHex, utf8 } from './bytes.ts';

const keys = fc.string().filter((key) => key !== '__proto__');

describe('canonical JSON', () => {
  it('sorts keys by UTF-16 code units and leaves out what is undefined (RFC 8785, section 3.2.3)', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7, gone: undefined };
    const expected = '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}';
    expect(fromUtf8(canonicalJson(value))).toBe(expected);
  });

  it('does not depend on the order in which keys were set', () => {
    fc.assert(
      fc.property(fc.dictionary(keys, fc.oneof(fc.integer(), fc.string(), fc.boolean()), { noNullPrototype: true }), (record) => {
        const reversed = Object.fromEntries(Object.entries(record).toReversed());
        expect(canonicalJson(reversed)).toEqual(canonicalJson(record));
        expect(JSON.parse(fromUtf8(canonicalJson(record)))).toEqual(record);
      }),
    );
  });

  it.each([[1.5], [Number.NaN], [2 ** 53], [1n], [new Date(0)], [new Map()], [[() => 1]]])('refuses %s, so that nothing unsigned slips through', (value) => {
    expect(() => canonicalJson({ value })).toThrow(TypeError);
  });
});

describe('bytes', () => {
  it('hash as FIPS 180-4 says', () => {
    expect(toHex(sha256(utf8('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('are equal when length and every byte are', () => {
    expect(equalBytes(utf8('ab'), concat(utf8('a'), utf8('b')))).toBe(true);
    expect(equalBytes(utf8('ab'), utf8('ac'))).toBe(false);
    expect(equalBytes(utf8('ab'), utf8('abc'))).toBe(false);
  });

  it('that are no UTF-8 are no text', () => {
    expect(() => fromUtf8(Uint8Array.of(0xff))).toThrow(TypeError);
  });
});
