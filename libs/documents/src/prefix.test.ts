import { utf8 } from '@corridor/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prefix } from './prefix.ts';

const inRange = (key: string, { from, to }: { readonly from: string; readonly to?: string }): boolean =>
  Buffer.compare(utf8(key), utf8(from)) >= 0 && (to === undefined || Buffer.compare(utf8(key), utf8(to)) < 0);

describe('the range of a prefix', () => {
  it('holds the keys that start with it and no others', () => {
    const unit = fc.oneof(fc.constantFrom('a', 'b', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }));
    const text = fc.string({ unit, maxLength: 4 });
    fc.assert(
      fc.property(text, text, (start, key) => {
        expect(inRange(key, prefix(start))).toBe(key.startsWith(start));
        expect(inRange(start + key, prefix(start))).toBe(true);
      }),
    );
  });

  it.each([
    ['', undefined],
    ['a', 'b'],
    ['\ud7ff', '\ue000'],
    ['a\u{10ffff}', 'b'],
    ['\u{10ffff}', undefined],
  ])('of %j ends at %j', (start, to) => {
    expect(prefix(start)).toEqual(to === undefined ? { from: start } : { from: start, to });
  });

  it('refuses half a character', () => {
    expect(() => prefix('\ud800')).toThrow('well-formed');
  });
});
