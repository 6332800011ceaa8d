import { utf8 } from '@corridor/kernel';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromOrdered, toOrdered } from './ordered-text.ts';

const unit = fc.oneof(fc.constantFrom('a', '\u0000', '\ud7fe', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}', '\u0100'), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }));
const text = fc.string({ unit, maxLength: 4 });

it('gives back what was ordered, and leaves common texts as they are', () => {
  fc.assert(fc.property(text, (one) => fromOrdered(toOrdered(one)) === one));
  expect(toOrdered('agency/größe/ключ/鍵')).toBe('agency/größe/ключ/鍵');
});

it('sorts by bytes and by units as the UTF-8 bytes of the texts do', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const expected = Math.sign(Buffer.compare(utf8(a), utf8(b)));
      const [x, y] = [toOrdered(a), toOrdered(b)];
      expect(Math.sign(Buffer.compare(utf8(x), utf8(y)))).toBe(expected);
      expect(x < y ? -1 : Number(x > y)).toBe(expected);
    }),
  );
});
