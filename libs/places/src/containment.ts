import type { Gazetteer, PlaceRef } from './gazetteer.ts';

/** Does the place of id `outer` contain that of id `inner`? `undecidable` about a place that is not in the gazetteer. */
type ContainsById = (outer: string, inner: string) => boolean | 'undecidable';

/** The gazetteer's containment for places that are named by one id each, of whatever kind. */
export const containsById =
  (gazetteer: Gazetteer): ContainsById =>
  (outer, inner) =>
    gazetteer.contains(outer, refOf(gazetteer, inner));

function refOf(gazetteer: Gazetteer, id: string): PlaceRef {
  switch (gazetteer.place(id)?.kind) {
    case 'admin':
      return { admin: id };
    case 'route':
      return { route: id };
    case 'country':
    case 'region':
    case undefined:
      return { country: id };
  }
}
