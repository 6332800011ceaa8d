/** What the registry asks about places. */
export interface Gazetteer {
  /** Whether it is the ISO 3166-1 alpha-3 code of a country of the gazetteer. */
  isCountry(code: string): boolean;
  /** Whether it is a country code, an admin code or a route id of the gazetteer. */
  isPlace(id: string): boolean;
}
