import { checkDistinct, CorridorError } from '@corridor/kernel';
import type { Gazetteer } from './gazetteer.ts';

/** Places that the gazetteer knows, each once. @throws INVALID_ARGUMENT, UNKNOWN_PLACE */
export function checkPlaces(ids: readonly string[], most: number, gazetteer: Gazetteer, field: string): readonly string[] {
  return checkDistinct(ids, most, field).map((id, i) => checkPlace(id, gazetteer, `${field}[${i}]`));
}

/** A place that the gazetteer knows. @throws UNKNOWN_PLACE */
export function checkPlace(id: string, gazetteer: Gazetteer, field: string): string {
  if (!gazetteer.isPlace(id)) throw new CorridorError('UNKNOWN_PLACE', `${field} is no place of the gazetteer`, { field });
  return id;
}
