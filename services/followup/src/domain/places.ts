import { CorridorError } from '@corridor/kernel';
import type { Contains } from '@corridor/policy';

/** The gazetteer, as far as follow-up asks it. */
export interface Places {
  readonly contains: Contains;
  isPlace(id: string): boolean;
}

/** A place of the gazetteer. @throws CorridorError UNKNOWN_PLACE */
export function checkArea(id: string, { isPlace }: Places, field: string): string {
  if (!isPlace(id)) throw new CorridorError('UNKNOWN_PLACE', `${field} is no place of the gazetteer`, { field });
  return id;
}
