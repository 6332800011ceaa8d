import type { Contains } from '../facts.ts';
import { WORLD } from '../vocabulary.ts';

/** Whether the gazetteer knows a place: a place of the gazetteer contains itself. */
export const isPlace = (id: string, contains: Contains): boolean => contains(id, id) === true;

/**
 * Whether one of several areas of a clause contains a place: one that does is enough, whatever the others say. The world
 * contains every place of the gazetteer, and about no other can be said where it lies.
 */
export function anyContains(areas: readonly string[], place: string, contains: Contains): true | false | 'undecidable' {
  const answers = areas.map((area) => (area === WORLD ? isPlace(place, contains) || 'undecidable' : contains(area, place)));
  if (answers.includes(true)) return true;
  return answers.includes('undecidable') ? 'undecidable' : false;
}
