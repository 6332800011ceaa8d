import { containsById, type Gazetteer } from '@corridor/places';
import type { Contains, Precision } from '@corridor/policy';
import type { Place } from './update.ts';
import type { Geography } from './view.ts';

/** The gazetteer as the hub asks it: by the one id that places each update. */
export interface HubGeography extends Geography {
  readonly contains: Contains;
  /** Whether the place's id is there and of the kind it claims. */
  has(place: Place): boolean;
}

/** The questions of the hub, answered by a gazetteer. */
export function hubGeography(gazetteer: Gazetteer): HubGeography {
  return {
    contains: containsById(gazetteer),
    isNationality: (key) => gazetteer.isNationality(key),
    has: ({ kind, id }) => gazetteer.place(id)?.kind === kind,
    coarsen: (place, precision) => coarsen(gazetteer, place, precision),
  };
}

function coarsen(gazetteer: Gazetteer, { kind, id, point }: Place, precision: Precision): Place {
  const shown = precision === 'point' && point !== undefined ? { point } : {};
  if (kind !== 'admin') return { kind, id, ...shown };
  const coarse = gazetteer.coarsen({ admin: id }, precision);
  return coarse.admin === undefined
    ? { kind: 'country', id: coarse.country ?? id, ...shown }
    : { kind: 'admin', id: coarse.admin, ...shown };
}
