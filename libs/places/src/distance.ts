/** A position in decimal degrees (WGS 84): latitude -90 to 90, longitude -180 to 180. */
export interface Point {
  readonly lat: number;
  readonly lon: number;
}

/** Mean radius of the Earth in kilometres (IUGG, R1 of GRS 80; Moritz, Journal of Geodesy 74 (2000) 128-133). */
const EARTH_RADIUS_KM = 6371.0088;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/**
 * The great-circle distance of two points in kilometres, by the haversine formula (Sinnott, "Virtues of the Haversine",
 * Sky and Telescope 68 (1984) 159): within 0.6 % of the distance on the ellipsoid.
 */
export function distanceKm(a: Point, b: Point): number {
  const north = Math.sin(radians(b.lat - a.lat) / 2);
  const east = Math.sin(radians(b.lon - a.lon) / 2);
  const h = north * north + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * east * east;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, h)));
}
