import { CorridorError } from '@corridor/kernel';
import { openGazetteer } from '@corridor/places';
import { Place } from '@corridor/contracts/common/v1/vocabulary';

/**
 * Places of the route names of a file: those that `mapped` gives by place id, and else the gazetteer's route of that
 * name. A name such as `Other` is no place; the owner has to say where it is, or leave it out.
 * @param mapped name in the file -> place id of the gazetteer (country, admin code or route).
 * @throws CorridorError UNKNOWN_PLACE when a mapped id is not in the gazetteer.
 */
export function routePlaces(mapped: ReadonlyMap<string, string>): { has(route: string): boolean; place(route: string): Place } {
  const gazetteer = openGazetteer();
  const known = new Map<string, Place | undefined>();
  for (const [route, id] of mapped) known.set(route, placeOf(id));
  const find = (route: string): Place | undefined => {
    if (!known.has(route)) {
      const named = gazetteer.named(route);
      known.set(route, named?.kind === 'route' ? Place.fromPartial({ route: named.id }) : undefined);
    }
    return known.get(route);
  };
  return {
    has: (route) => find(route) !== undefined,
    place(route) {
      const place = find(route);
      if (place === undefined) throw new CorridorError('UNKNOWN_PLACE', `no route of the gazetteer is called ${route}`, { field: 'route' });
      return place;
    },
  };

  function placeOf(id: string): Place {
    const place = gazetteer.place(id);
    switch (place?.kind) {
      case 'country':
        return Place.fromPartial({ country: id });
      case 'route':
        return Place.fromPartial({ route: id });
      case 'admin':
        return Place.fromPartial({ adminCode: id });
      case 'region':
      case undefined:
        throw new CorridorError('UNKNOWN_PLACE', `${id} is no country, admin code or route of the gazetteer`, { field: 'route' });
    }
  }
}
