import { containsById, type Gazetteer } from '@corridor/places';
import type { Places } from './early-warning.ts';

/** The gazetteer as early warning asks it. */
export const placesOf = (gazetteer: Gazetteer): Places => ({
  contains: containsById(gazetteer),
  isPlace: (id) => gazetteer.place(id) !== undefined,
  precisionOf: (id) => {
    const place = gazetteer.place(id);
    if (place?.kind !== 'admin') return 'country';
    return place.level === 1 ? 'admin1' : 'admin2';
  },
  words: (id) => {
    const place = gazetteer.place(id);
    if (place === undefined) return { name: id, at: `in ${id}` };
    return place.kind === 'route' ? { name: place.name, at: `on the ${place.name}` } : { name: place.name, at: `in ${place.name}` };
  },
});
