import { CorridorError } from '@corridor/kernel';
import { ADMIN_AREAS, type AdminRow } from './admin.ts';
import { COUNTRIES } from './countries.ts';
import type { Point } from './distance.ts';
import { REGIONS } from './regions.ts';
import { ROUTES } from './routes.ts';
import { matches } from './search.ts';

/** The version of the data in this package. A place keeps its id and meaning across versions. */
export const GAZETTEER_VERSION = '2026.1';

/** A place of the gazetteer. `parent` is the id of the place directly above it. */
export type Place =
  | { readonly kind: 'region'; readonly id: string; readonly name: string; readonly parent?: string }
  | {
      readonly kind: 'country';
      /** ISO 3166-1 alpha-3. */
      readonly id: string;
      readonly name: string;
      readonly parent: string;
      readonly alpha2: string;
      /** ISO 3166-1 numeric, three digits; absent where there is none. */
      readonly numeric?: string;
    }
  | {
      readonly kind: 'admin';
      /** P-code. */
      readonly id: string;
      readonly name: string;
      readonly parent: string;
      /** 1 directly below the country. */
      readonly level: number;
      /** ISO 3166-1 alpha-3. */
      readonly country: string;
    }
  | {
      readonly kind: 'route';
      readonly id: string;
      readonly name: string;
      readonly otherNames: readonly string[];
      /** The countries it runs through, alpha-3. */
      readonly countries: readonly string[];
    };
export type Country = Extract<Place, { kind: 'country' }>;
export type Route = Extract<Place, { kind: 'route' }>;

/** Where something is: a country, an administrative area, a named route, a point, or what is known of these. */
export interface PlaceRef {
  /** ISO 3166-1 alpha-3. */
  readonly country?: string;
  /** P-code. */
  readonly admin?: string;
  readonly route?: string;
  readonly point?: Point;
}

/** From coarse to fine. */
export type Precision = 'country' | 'admin1' | 'admin2' | 'point';

export interface Gazetteer {
  readonly version: string;
  /** The place of this id, `undefined` when there is none. */
  place(id: string): Place | undefined;
  /** The place with exactly this name (or other name of a route), whatever its case and accents; countries come first. */
  named(name: string): Place | undefined;
  /** Places whose id or name has the text, the best match first; all for ''; at most `limit`. */
  search(text: string, limit: number): readonly Place[];
  /** The places directly below, by id; none below a route. */
  children(id: string): readonly Place[];
  countries(): readonly Country[];
  routes(): readonly Route[];
  /**
   * Whether a place lies within the area `outer`, by parents alone. `'undecidable'` when it may lie partly or elsewhere
   * than it says: it is larger than the area, or runs through it and beyond, or is a point without a country, or the area
   * is a route and the place a country on it; and when either is not in the gazetteer.
   */
  contains(outer: string, inner: PlaceRef): boolean | 'undecidable';
  /** Whether a code is one stated nationality: an alpha-3 code in force, or `XKX`; not `UNK`, `OTHER`, `STL` or a group. */
  isNationality(code: string): boolean;
  /**
   * The same place no finer than wanted: points go below `point`, administrative areas are replaced by those above them.
   * Country and route stay. What has only a point is `{}` afterwards: nothing is known of it that may be told.
   */
  coarsen(place: PlaceRef, precision: Precision): PlaceRef;
  /**
   * Checks a place and states the country of its administrative area.
   * @throws CorridorError UNKNOWN_PLACE whose metadata `field` is country, admin, route, point or place (nothing stated).
   */
  parsePlace(place: PlaceRef): PlaceRef;
}

/**
 * The gazetteer of this package, with further administrative areas if given (any level, parents before children).
 * @throws CorridorError UNKNOWN_PLACE when an area's parent is unknown, INVALID_ARGUMENT when its id is taken.
 */
export function openGazetteer(further: readonly AdminRow[] = []): Gazetteer {
  const places = allPlaces(further);
  const children = childrenOf(places.values());
  const countries = [...places.values()].filter((p) => p.kind === 'country');
  const routes = [...places.values()].filter((p) => p.kind === 'route');
  const country = (id: string): boolean => places.get(id)?.kind === 'country';
  return {
    version: GAZETTEER_VERSION,
    place: (id) => places.get(id),
    named: (name) => matches(places.values(), name, 'whole')[0],
    search: (text, limit) => matches(places.values(), text, 'part').slice(0, limit),
    children: (id) => children.get(id) ?? [],
    countries: () => countries,
    routes: () => routes,
    contains: (outer, inner) => contains(places, outer, inner),
    isNationality: country,
    coarsen: (place, precision) => coarsen(places, place, precision),
    parsePlace: (place) => parsePlace(places, place),
  };
}

type Places = ReadonlyMap<string, Place>;

function allPlaces(further: readonly AdminRow[]): Places {
  const places = new Map<string, Place>();
  for (const [id, name, parent] of REGIONS) places.set(id, { kind: 'region', id, name, ...(parent === '' ? {} : { parent }) });
  for (const [id, alpha2, numeric, name, parent] of COUNTRIES) {
    places.set(id, { kind: 'country', id, name, parent, alpha2, ...(numeric === '' ? {} : { numeric }) });
  }
  for (const [id, name, countries, otherNames = []] of ROUTES) {
    places.set(id, { kind: 'route', id, name, otherNames, countries: countries.split(' ') });
  }
  for (const row of [...ADMIN_AREAS, ...further]) addAdmin(places, row);
  return places;
}

function addAdmin(places: Map<string, Place>, [id, name, parent]: AdminRow): void {
  const above = places.get(parent);
  if (above?.kind !== 'country' && above?.kind !== 'admin') {
    throw new CorridorError('UNKNOWN_PLACE', `${id} lies below ${parent}, which is neither a country nor an administrative area`, { field: id });
  }
  if (places.has(id)) throw new CorridorError('INVALID_ARGUMENT', `the id ${id} is taken`, { field: id });
  const [level, country] = above.kind === 'country' ? [1, above.id] : [above.level + 1, above.country];
  places.set(id, { kind: 'admin', id, name, parent, level, country });
}

function childrenOf(places: Iterable<Place>): ReadonlyMap<string, readonly Place[]> {
  const sorted = [...places].sort((a, b) => (a.id < b.id ? -1 : 1));
  return Map.groupBy(sorted.filter((p) => p.kind !== 'route' && p.parent !== undefined), (p) => (p.kind === 'route' ? '' : (p.parent ?? '')));
}

const parentOf = (place: Place | undefined): string | undefined => (place === undefined || place.kind === 'route' ? undefined : place.parent);

/** Whether going up from `id` one comes to `above`; a place reaches itself. */
function reaches(places: Places, id: string, above: string): boolean {
  for (let at: string | undefined = id; at !== undefined; at = parentOf(places.get(at))) if (at === above) return true;
  return false;
}

type Containment = boolean | 'undecidable';

function contains(places: Places, outer: string, inner: PlaceRef): Containment {
  const area = places.get(outer);
  const finest = inner.admin ?? inner.country;
  if (area === undefined || [finest, inner.route].some((id) => id !== undefined && !places.has(id))) return 'undecidable';
  if (area.kind === 'route') return onRoute(places, area, finest, inner.route);
  if (finest !== undefined) return within(places, area.id, finest);
  if (parentOf(area) === undefined) return inner.route !== undefined || inner.point !== undefined ? true : 'undecidable';
  return routeWithin(places, area.id, inner.route);
}

const within = (places: Places, area: string, id: string): Containment =>
  reaches(places, id, area) || (reaches(places, area, id) ? 'undecidable' : false);

function routeWithin(places: Places, area: string, id: string | undefined): Containment {
  const route = id === undefined ? undefined : places.get(id);
  if (route?.kind !== 'route') return 'undecidable';
  const each = route.countries.map((country) => within(places, area, country));
  if (each.every((c) => c === true)) return true;
  return each.every((c) => c === false) ? false : 'undecidable';
}

/** A route lies within itself; whatever else shares a country with it may be on it or not. */
function onRoute(places: Places, area: Route, finest: string | undefined, route: string | undefined): Containment {
  if (route === area.id) return true;
  const meets = (id: string): boolean => area.countries.some((country) => within(places, country, id) !== false);
  if (finest !== undefined) return meets(finest) ? 'undecidable' : false;
  const other = route === undefined ? undefined : places.get(route);
  return other?.kind === 'route' && !other.countries.some(meets) ? false : 'undecidable';
}

const DEEPEST: Readonly<Record<Precision, number>> = { country: 0, admin1: 1, admin2: 2, point: Infinity };

function coarsen(places: Places, { country, admin, route, point }: PlaceRef, precision: Precision): PlaceRef {
  let area = admin === undefined ? undefined : places.get(admin);
  const home = country ?? (area?.kind === 'admin' ? area.country : undefined);
  while (area?.kind === 'admin' && area.level > DEEPEST[precision]) area = places.get(area.parent);
  return {
    ...(home === undefined ? {} : { country: home }),
    ...(area?.kind === 'admin' ? { admin: area.id } : {}),
    ...(route === undefined ? {} : { route }),
    ...(precision === 'point' && point !== undefined ? { point: { lat: point.lat, lon: point.lon } } : {}),
  };
}

const unknown = (field: keyof PlaceRef | 'place', message: string): never => {
  throw new CorridorError('UNKNOWN_PLACE', message, { field });
};

function parsePlace(places: Places, ref: PlaceRef): PlaceRef {
  const { country, admin, route, point } = ref;
  if (country === undefined && admin === undefined && route === undefined && point === undefined) unknown('place', 'a place states a country, an administrative area, a route or a point');
  if (country !== undefined && places.get(country)?.kind !== 'country') unknown('country', 'the country is no ISO 3166-1 alpha-3 code in force');
  const area = admin === undefined ? undefined : places.get(admin);
  if (admin !== undefined && area?.kind !== 'admin') unknown('admin', 'the administrative area is not in the gazetteer');
  if (area?.kind === 'admin' && country !== undefined && area.country !== country) unknown('admin', `the administrative area lies in ${area.country}`);
  if (route !== undefined && places.get(route)?.kind !== 'route') unknown('route', 'the route is not in the gazetteer');
  if (point !== undefined && !(Math.abs(point.lat) <= 90 && Math.abs(point.lon) <= 180)) unknown('point', 'a point has a latitude of -90 to 90 and a longitude of -180 to 180');
  return coarsen(places, ref, 'point');
}
