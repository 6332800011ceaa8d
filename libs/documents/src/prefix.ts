import { CorridorError } from '@corridor/kernel';
import type { KeyRange } from './documents.ts';

const LAST_BEFORE_SURROGATES = 0xd7ff;
const FIRST_BEHIND_SURROGATES = 0xe000;
const LAST_CODE_POINT = 0x10ffff;

/**
 * The range of all keys that start with `text`, in the order of their UTF-8 bytes (which is that of code points).
 * @throws CorridorError INVALID_ARGUMENT when `text` is not well-formed Unicode
 */
export function prefix(text: string): KeyRange {
  if (!text.isWellFormed()) throw new CorridorError('INVALID_ARGUMENT', 'a key must be well-formed Unicode');
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === LAST_CODE_POINT) continue;
    const next = last === LAST_BEFORE_SURROGATES ? FIRST_BEHIND_SURROGATES : last + 1;
    return { from: text, to: String.fromCodePoint(...points, next) };
  }
  return { from: text };
}
