import { CorridorError } from './error.ts';

/** Refusals that deciders share. Each names the field it is about. */

const CONTROL = /\p{Cc}/u;
const CONTROL_IN_PROSE = /[^\P{Cc}\n\t]/u;

/** @throws CorridorError INVALID_ARGUMENT */
export function refuse(field: string, what: string): never {
  throw new CorridorError('INVALID_ARGUMENT', `${field} ${what}`, { field });
}

/** @throws CorridorError STATE_FORBIDS */
export function forbid(what: string): never {
  throw new CorridorError('STATE_FORBIDS', what);
}

/** A text for people of 1 to `most` characters (code points), without control characters. @throws INVALID_ARGUMENT */
export function checkText(text: string, most: number, field: string): string {
  const length = [...text].length;
  if (length < 1 || length > most || CONTROL.test(text) || text.trim() !== text) {
    refuse(field, `must be 1-${most} characters without control characters or blanks at its ends`);
  }
  return text;
}

/** A text of several lines of `least` to `most` characters (code points), without other control characters. @throws INVALID_ARGUMENT */
export function checkProse(text: string, least: number, most: number, field: string): string {
  const length = [...text].length;
  if (length < least || length > most || CONTROL_IN_PROSE.test(text) || text.trim() !== text) {
    refuse(field, `must be ${least}-${most} characters without control characters or blanks at its ends`);
  }
  return text;
}

/** Values that each stand once, at most `most` of them. @throws INVALID_ARGUMENT */
export function checkDistinct<T>(values: readonly T[], most: number, field: string): readonly T[] {
  if (values.length > most) refuse(field, `takes at most ${most}`);
  if (new Set(values).size !== values.length) refuse(field, 'must name each value once');
  return values;
}

/** A span of time that is not empty. Milliseconds since the epoch. @throws INVALID_ARGUMENT */
export function checkSpan(from: number, until: number, field: string): void {
  if (from >= until) refuse(field, 'must end after it begins');
}

/** @throws VERSION_CONFLICT unless `expected` is 0 (whatever it is) or the version that stands. */
export function checkVersion(expected: number, version: number): void {
  if (expected !== 0 && expected !== version) {
    throw new CorridorError('VERSION_CONFLICT', `it is at version ${version}, not ${expected}`, { version: String(version) });
  }
}
