import { refuse } from '@corridor/kernel';

const UNWANTED = /[^\P{Cc}\n\t]/u;

/** A text of several lines of 0 to `most` characters (code points), without other control characters. @throws INVALID_ARGUMENT */
export function checkProse(text: string, most: number, field: string): string {
  if ([...text].length > most || UNWANTED.test(text) || text.trim() !== text) {
    refuse(field, `must be at most ${most} characters without control characters or blanks at its ends`);
  }
  return text;
}

const HAZARD = /^[a-z0-9][a-z0-9-]{0,46}[a-z0-9]$/;

/** The first level of an alert topic. @throws INVALID_ARGUMENT */
export function checkHazard(text: string, field: string): string {
  if (!HAZARD.test(text)) refuse(field, 'must be 2-48 characters [a-z0-9-]');
  return text;
}
