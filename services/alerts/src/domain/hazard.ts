import { refuse } from '@corridor/kernel';

const HAZARD = /^[a-z0-9][a-z0-9-]{0,46}[a-z0-9]$/;

/** The first level of an alert topic. @throws INVALID_ARGUMENT */
export function checkHazard(text: string, field: string): string {
  if (!HAZARD.test(text)) refuse(field, 'must be 2-48 characters [a-z0-9-]');
  return text;
}
