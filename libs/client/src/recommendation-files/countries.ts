import { CorridorError } from '@corridor/kernel';
import { openGazetteer } from '@corridor/places';

/**
 * Countries of the names of States in a file: those that `mapped` gives, and else the gazetteer's country of exactly that
 * name. Names are not guessed at: `Guinea` is not every country in whose name it stands.
 * @param mapped name in the file -> ISO 3166-1 alpha-3.
 * @throws CorridorError UNKNOWN_PLACE when a mapped code is no country of the gazetteer.
 */
export function countriesOf(mapped: ReadonlyMap<string, string>): (state: string) => string | undefined {
  const gazetteer = openGazetteer();
  for (const code of mapped.values()) {
    if (gazetteer.place(code)?.kind !== 'country') throw new CorridorError('UNKNOWN_PLACE', `${code} is no country of the gazetteer`, { field: 'state' });
  }
  return (state) => {
    const given = mapped.get(state);
    if (given !== undefined) return given;
    const place = gazetteer.named(state);
    return place?.kind === 'country' ? place.id : undefined;
  };
}
