/** What escapes begin with, and the first code point that needs one. */
const ESCAPE = 0xd7ff;
/** Digits of an escape are this and the 1,023 behind it. */
const FIRST_DIGIT = 0x100;
const DIGIT_BITS = 10;
const RARE = /[\ud7ff-\uffff]/;
const ESCAPED = /\ud7ff([\s\S])([\s\S])([\s\S])/g;

/**
 * A text that sorts, by its UTF-8 bytes and by its UTF-16 units alike, as the given one does by its UTF-8 bytes. Servers
 * differ in how they compare; they agree as long as no code point is above U+D7FF. So these, which are rare, are written
 * as U+D7FF and three digits; all other texts stay as they are.
 */
export function toOrdered(text: string): string {
  if (!RARE.test(text)) return text;
  let ordered = '';
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    ordered += point < ESCAPE ? character : String.fromCharCode(ESCAPE, digit(point, 2), digit(point, 1), digit(point, 0));
  }
  return ordered;
}

/** The text that was ordered. */
export function fromOrdered(ordered: string): string {
  if (!RARE.test(ordered)) return ordered;
  return ordered.replaceAll(ESCAPED, (_, high: string, middle: string, low: string) => String.fromCodePoint((value(high) << (2 * DIGIT_BITS)) | (value(middle) << DIGIT_BITS) | value(low)));
}

const digit = (point: number, place: number): number => FIRST_DIGIT + ((point >> (place * DIGIT_BITS)) & ((1 << DIGIT_BITS) - 1));
const value = (character: string): number => character.charCodeAt(0) - FIRST_DIGIT;
