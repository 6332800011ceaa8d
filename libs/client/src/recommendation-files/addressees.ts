import { CorridorError } from '@corridor/kernel';
import { openGazetteer } from '@corridor/places';

/**
 * Who answers for the countries of a file: whom `byCountry` names, and else `otherwise`. A secretariat that has one agency
 * for all countries gives that one as `otherwise`.
 * @param byCountry ISO 3166-1 alpha-3 -> `agencies/{agency}`, one or more.
 * @throws CorridorError UNKNOWN_PLACE when a code is no country of the gazetteer: a misspelt one would fall to `otherwise`.
 */
export function addresseesBy(byCountry: ReadonlyMap<string, readonly string[]>, otherwise: readonly string[]): (country: string) => readonly string[] {
  const gazetteer = openGazetteer();
  for (const code of byCountry.keys()) {
    if (gazetteer.place(code)?.kind !== 'country') throw new CorridorError('UNKNOWN_PLACE', `${code} is no country of the gazetteer`, { field: 'addressees' });
  }
  return (country) => byCountry.get(country) ?? otherwise;
}
