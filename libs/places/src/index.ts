export type { AdminRow } from './admin.ts';
export { containsById } from './containment.ts';
export { distanceKm, type Point } from './distance.ts';
export { GAZETTEER_VERSION, openGazetteer, type Country, type Gazetteer, type Place, type PlaceRef, type Precision, type Route } from './gazetteer.ts';
export { originsOf } from './nationality.ts';
